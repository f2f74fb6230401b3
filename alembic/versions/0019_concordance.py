"""Add the concordances between editions of classifications."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE concordance (
            classification_id smallint NOT NULL CONSTRAINT concordance_classification_id_fkey REFERENCES classification,
            target_classification_id smallint NOT NULL
                CONSTRAINT concordance_target_classification_id_fkey REFERENCES classification,
            code text NOT NULL,
            target_code text NOT NULL,
            relation text NOT NULL
                CONSTRAINT concordance_relation_check CHECK (relation IN ('1:1', 'n:1', '1:n', 'n:n')),
            CONSTRAINT concordance_pkey PRIMARY KEY (classification_id, target_classification_id, code, target_code)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE concordance")
