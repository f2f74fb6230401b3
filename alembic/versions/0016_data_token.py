"""Add the data token: random, and replaced with each change of the data, so that a restored copy cannot repeat one."""

import secrets

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE data_version ADD COLUMN token text")
    op.execute(f"UPDATE data_version SET token = '{secrets.token_hex(16)}'")
    op.execute("ALTER TABLE data_version ALTER COLUMN token SET NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE data_version DROP COLUMN token")
