"""Create the keys by which requests are let in, where the service asks for one."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE api_key (
            id text NOT NULL CONSTRAINT api_key_pkey PRIMARY KEY,
            name text NOT NULL,
            scope text NOT NULL CONSTRAINT api_key_scope_check CHECK (scope IN ('read', 'bulk')),
            sha256 text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE api_key")
