"""Drop the foreign keys of figures, which are looked up row by row: releases are never deleted."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("observation", "observation_history")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_dataset_id_fkey")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"""
            ALTER TABLE {table} ADD CONSTRAINT {table}_dataset_id_fkey
                FOREIGN KEY (dataset_id, release_id) REFERENCES release (dataset_id, id)""")
