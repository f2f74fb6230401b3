"""Keep which files a release was made from, a digest of its figures, and when it was withdrawn."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE release ADD COLUMN withdrawn_on date, ADD COLUMN figures_digest text NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE release ALTER COLUMN figures_digest DROP DEFAULT")
    op.execute("""
        ALTER TABLE release ADD CONSTRAINT release_withdrawn_on_check
            CHECK ((state = 'withdrawn') = (withdrawn_on IS NOT NULL) AND withdrawn_on > published_on)""")
    op.execute("""
        CREATE TABLE release_file (
            dataset_id smallint NOT NULL,
            release_id integer NOT NULL,
            name text NOT NULL,
            sha256 text NOT NULL,
            bytes bigint NOT NULL,
            CONSTRAINT release_file_pkey PRIMARY KEY (dataset_id, release_id, name),
            CONSTRAINT release_file_dataset_id_fkey FOREIGN KEY (dataset_id, release_id)
                REFERENCES release (dataset_id, id)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE release_file")
    op.execute("ALTER TABLE release DROP COLUMN withdrawn_on, DROP COLUMN figures_digest")
