"""Let the bytes of a release be published again on another day: what stood between is then replaced."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE release DROP CONSTRAINT release_dataset_id_sha256_parser_version_key")


def downgrade() -> None:
    op.execute("""
        ALTER TABLE release ADD CONSTRAINT release_dataset_id_sha256_parser_version_key
            UNIQUE (dataset_id, sha256, parser_version)""")
