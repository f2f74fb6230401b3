"""Part the figures by dataset, so that a dataset can be filled apart and its indexes be made afterwards."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = "dataset_id, flow, partner_id, commodity_id, period"
PAGE = "dataset_id, period, flow, partner_id, commodity_id"
CARRIED = "value, quantity, quantity_unit, net_weight_kg, obs_status, release_id, known_from"
LIKE_THE_FIGURES = "(LIKE figures INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"

# Filled before it is attached, which makes its indexes from sorted rows.
PARTITION_EACH = """
    DO $$
    DECLARE dataset smallint;
    BEGIN
        FOR dataset IN SELECT DISTINCT dataset_id FROM figures ORDER BY 1 LOOP
            EXECUTE format('CREATE TABLE observation_%s (LIKE observation INCLUDING CONSTRAINTS)', dataset);
            EXECUTE format('INSERT INTO observation_%s SELECT * FROM figures WHERE dataset_id = %s', dataset, dataset);
            EXECUTE format(
                'ALTER TABLE observation ATTACH PARTITION observation_%s FOR VALUES IN (%s)', dataset, dataset);
        END LOOP;
    END $$"""


def upgrade() -> None:
    _set_aside()
    op.execute(f"CREATE TABLE observation {LIKE_THE_FIGURES} PARTITION BY LIST (dataset_id)")
    _index()
    op.execute(PARTITION_EACH)
    op.execute("DROP TABLE figures")


def downgrade() -> None:
    _set_aside()
    op.execute(f"CREATE TABLE observation {LIKE_THE_FIGURES}")
    op.execute("INSERT INTO observation SELECT * FROM figures")
    _index()
    op.execute("DROP TABLE figures")


def _set_aside() -> None:
    op.execute("ALTER TABLE observation RENAME TO figures")
    op.execute("ALTER INDEX observation_pkey RENAME TO figures_pkey")
    op.execute("ALTER INDEX observation_page_idx RENAME TO figures_page_idx")


def _index() -> None:
    op.execute(f"ALTER TABLE observation ADD CONSTRAINT observation_pkey PRIMARY KEY ({KEY}) INCLUDE ({CARRIED})")
    op.execute(f"CREATE UNIQUE INDEX observation_page_idx ON observation ({PAGE}) INCLUDE ({CARRIED})")
