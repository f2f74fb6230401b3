"""Create the exchange rates by which values are converted."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE exchange_rate (
            per_euro numeric NOT NULL,
            day date NOT NULL,
            currency text NOT NULL,
            CONSTRAINT exchange_rate_pkey PRIMARY KEY (currency, day) INCLUDE (per_euro),
            CONSTRAINT exchange_rate_per_euro_check CHECK (per_euro > 0)
        )""")
    op.execute("ALTER TABLE data_version ADD COLUMN exchange_rates_version text")


def downgrade() -> None:
    op.execute("ALTER TABLE data_version DROP COLUMN exchange_rates_version")
    op.execute("DROP TABLE exchange_rate")
