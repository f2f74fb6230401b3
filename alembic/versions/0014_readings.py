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
            ADD COLUMN source_options jsonb,
            ADD CONSTRAINT release_source_check
                CHECK (num_nulls(source, source_dataset, source_options) IN (0, 3))""")
    op.execute("""
        ALTER TABLE release_file
            ADD COLUMN role text NOT NULL DEFAULT 'figures',
            ADD CONSTRAINT release_file_role_check CHECK (role IN ('figures', 'mapping', 'list', 'codes')),
            DROP CONSTRAINT release_file_pkey,
            ADD CONSTRAINT release_file_pkey PRIMARY KEY (dataset_id, release_id, role, name)""")
    op.execute("ALTER TABLE release_file ALTER COLUMN role DROP DEFAULT")


def downgrade() -> None:
    op.execute("DELETE FROM release_file WHERE role <> 'figures'")
    op.execute("""
        ALTER TABLE release_file
            DROP CONSTRAINT release_file_pkey,
            ADD CONSTRAINT release_file_pkey PRIMARY KEY (dataset_id, release_id, name),
            DROP COLUMN role""")
    op.execute("ALTER TABLE release DROP COLUMN source, DROP COLUMN source_dataset, DROP COLUMN source_options")
