"""Add the compositions of groups as sources print them."""

from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE group_composition (
            source text NOT NULL,
            group_id smallint NOT NULL CONSTRAINT group_composition_group_id_fkey REFERENCES area,
            member_id smallint NOT NULL CONSTRAINT group_composition_member_id_fkey REFERENCES area,
            valid_from date NOT NULL,
            valid_to date,
            CONSTRAINT group_composition_pkey PRIMARY KEY (source, group_id, member_id, valid_from)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE group_composition")
