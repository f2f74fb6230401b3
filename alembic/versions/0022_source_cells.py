"""Add the cells of a source's rows that are no figures, such as UN Comtrade's flags."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE release_series ADD COLUMN source_cells text[]")


def downgrade() -> None:
    op.execute("ALTER TABLE release_series DROP COLUMN source_cells")
