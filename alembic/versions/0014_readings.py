"""Keep with a release all that reading its files anew needs: the source, what it was told, and files beside them."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE release
            ADD COLUMN source text,
            ADD COLUMN source_dataset text,
            ADD COLUMN source_options jsonb""")
    op.execute("""
        ALTER TABLE release
            ADD CONSTRAINT release_source_check
                CHECK (num_nulls(source, source_dataset, source_options) IN (0, 3))""")
    for subcommand in (
        "ADD COLUMN role text NOT NULL DEFAULT 'figures'",
        "ADD CONSTRAINT release_file_role_check CHECK (role IN ('figures', 'mapping', 'list', 'codes'))",
        "DROP CONSTRAINT release_file_pkey",
        "ADD CONSTRAINT release_file_pkey PRIMARY KEY (dataset_id, release_id, role, name)",
        "ALTER COLUMN role DROP DEFAULT",
    ):
        op.execute(f"ALTER TABLE release_file {subcommand}")


def downgrade() -> None:
    op.execute("DELETE FROM release_file WHERE role <> 'figures'")
    for subcommand in (
        "DROP CONSTRAINT release_file_pkey",
        "ADD CONSTRAINT release_file_pkey PRIMARY KEY (dataset_id, release_id, name)",
        "DROP COLUMN role",
    ):
        op.execute(f"ALTER TABLE release_file {subcommand}")
    op.execute("ALTER TABLE release DROP COLUMN source, DROP COLUMN source_dataset, DROP COLUMN source_options")
