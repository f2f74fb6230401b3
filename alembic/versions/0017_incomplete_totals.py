"""Keep a total of which a part is missing as the sum of its known parts: status M then has a value, the lower bound."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE observation DROP CONSTRAINT observation_value_check")
    op.execute("""
        ALTER TABLE observation
            ADD CONSTRAINT observation_value_check CHECK (value IS NOT NULL OR obs_status IN ('M', 'Q'))""")


def downgrade() -> None:
    op.execute("UPDATE observation SET value = NULL WHERE obs_status = 'M' AND value IS NOT NULL")
    op.execute("ALTER TABLE observation DROP CONSTRAINT observation_value_check")
    op.execute("""
        ALTER TABLE observation
            ADD CONSTRAINT observation_value_check
                CHECK (CASE WHEN value IS NULL THEN obs_status IN ('M', 'Q') ELSE obs_status <> 'M' END)""")
