"""Add the coverage of releases, their unmapped codes, and the successors of former areas.

A total with a suppressed part is the sum of its known parts: status Q then has a value, the lower bound.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE release
            ADD COLUMN covers text NOT NULL DEFAULT 'complete'
                CONSTRAINT release_covers_check CHECK (covers IN ('complete', 'selection')),
            DROP CONSTRAINT release_dataset_id_published_on_key""")
    op.execute("ALTER TABLE release ALTER COLUMN covers DROP DEFAULT")
    op.execute("""
        CREATE UNIQUE INDEX release_complete_idx ON release (dataset_id, published_on) WHERE covers = 'complete'""")
    op.execute("""
        CREATE TABLE release_series (
            dataset_id smallint NOT NULL,
            release_id integer NOT NULL,
            flow smallint NOT NULL,
            partner_id smallint NOT NULL,
            commodity_id integer NOT NULL,
            periods smallint[] NOT NULL,
            CONSTRAINT release_series_pkey PRIMARY KEY (dataset_id, release_id, flow, partner_id, commodity_id),
            CONSTRAINT release_series_dataset_id_fkey FOREIGN KEY (dataset_id, release_id)
                REFERENCES release (dataset_id, id)
        )""")
    op.execute("""
        CREATE TABLE release_unmapped (
            dataset_id smallint NOT NULL,
            release_id integer NOT NULL,
            dimension text NOT NULL
                CONSTRAINT release_unmapped_dimension_check CHECK (dimension IN ('partner', 'commodity')),
            source_code text NOT NULL,
            code text NOT NULL,
            label text NOT NULL,
            parent text,
            rows integer NOT NULL,
            value numeric NOT NULL,
            share_pct double precision,
            CONSTRAINT release_unmapped_pkey PRIMARY KEY (dataset_id, release_id, dimension, source_code),
            CONSTRAINT release_unmapped_dataset_id_fkey FOREIGN KEY (dataset_id, release_id)
                REFERENCES release (dataset_id, id)
        )""")
    op.execute("""
        CREATE TABLE area_succession (
            predecessor_id smallint NOT NULL CONSTRAINT area_succession_predecessor_id_fkey REFERENCES area,
            successor_id smallint NOT NULL CONSTRAINT area_succession_successor_id_fkey REFERENCES area,
            changed_on date NOT NULL,
            CONSTRAINT area_succession_pkey PRIMARY KEY (predecessor_id, successor_id)
        )""")
    op.execute("ALTER TABLE observation DROP CONSTRAINT observation_value_check")
    op.execute("""
        ALTER TABLE observation
            ADD CONSTRAINT observation_value_check
                CHECK (CASE WHEN value IS NULL THEN obs_status IN ('M', 'Q') ELSE obs_status <> 'M' END)""")


def downgrade() -> None:
    op.execute("UPDATE observation SET value = NULL WHERE obs_status = 'Q' AND value IS NOT NULL")
    op.execute("ALTER TABLE observation DROP CONSTRAINT observation_value_check")
    op.execute("""
        ALTER TABLE observation
            ADD CONSTRAINT observation_value_check CHECK ((value IS NULL) = (obs_status IN ('M', 'Q')))""")
    op.execute("DROP TABLE area_succession, release_unmapped, release_series")
    op.execute("DROP INDEX release_complete_idx")
    op.execute("ALTER TABLE release DROP COLUMN covers")
    op.execute("""
        ALTER TABLE release
            ADD CONSTRAINT release_dataset_id_published_on_key UNIQUE (dataset_id, published_on)""")
