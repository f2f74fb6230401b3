"""Begin the key of figures with what tells them apart most: its index is then sorted in two thirds of the time."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SORTS_FAST = "partner_id, commodity_id, flow, period, dataset_id"
BEFORE = "dataset_id, flow, partner_id, commodity_id, period"
CARRIED = "value, quantity, quantity_unit, net_weight_kg, obs_status, release_id, known_from"


def upgrade() -> None:
    _set_key(SORTS_FAST)


def downgrade() -> None:
    _set_key(BEFORE)


def _set_key(columns: str) -> None:
    op.execute("ALTER TABLE observation DROP CONSTRAINT observation_pkey")
    op.execute(f"""
        ALTER TABLE observation
            ADD CONSTRAINT observation_pkey PRIMARY KEY ({columns}) INCLUDE ({CARRIED})""")
