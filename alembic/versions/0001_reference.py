"""Create areas with their codes and groups, and classifications with their commodities."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE area (
            id smallint NOT NULL CONSTRAINT area_pkey PRIMARY KEY,
            code text NOT NULL CONSTRAINT area_code_key UNIQUE,
            name text NOT NULL,
            kind text NOT NULL CONSTRAINT area_kind_check CHECK (kind IN ('country', 'group', 'world', 'special')),
            iso2 text,
            m49 text,
            valid_from date,
            valid_to date
        )""")
    op.execute("""
        CREATE TABLE area_code (
            scheme text NOT NULL,
            code text NOT NULL,
            area_id smallint NOT NULL CONSTRAINT area_code_area_id_fkey REFERENCES area,
            CONSTRAINT area_code_pkey PRIMARY KEY (scheme, code)
        )""")
    op.execute("""
        CREATE TABLE area_member (
            group_id smallint NOT NULL CONSTRAINT area_member_group_id_fkey REFERENCES area,
            member_id smallint NOT NULL CONSTRAINT area_member_member_id_fkey REFERENCES area,
            valid_from date NOT NULL,
            valid_to date,
            CONSTRAINT area_member_pkey PRIMARY KEY (group_id, member_id, valid_from)
        )""")
    op.execute("""
        CREATE TABLE classification (
            id smallint NOT NULL CONSTRAINT classification_pkey PRIMARY KEY,
            code text NOT NULL CONSTRAINT classification_code_key UNIQUE,
            family text NOT NULL,
            name text NOT NULL,
            valid_from date,
            valid_to date,
            default_level smallint
        )""")
    op.execute("""
        CREATE TABLE commodity (
            id integer NOT NULL CONSTRAINT commodity_pkey PRIMARY KEY,
            classification_id smallint NOT NULL
                CONSTRAINT commodity_classification_id_fkey REFERENCES classification,
            code text NOT NULL,
            name text NOT NULL,
            level smallint NOT NULL,
            parent_id integer CONSTRAINT commodity_parent_id_fkey REFERENCES commodity,
            CONSTRAINT commodity_classification_id_code_key UNIQUE (classification_id, code)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE commodity, classification, area_member, area_code, area")
