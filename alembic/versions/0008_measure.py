"""Create trade measures, with the goods and partners that they affect."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE measure (
            code text NOT NULL CONSTRAINT measure_pkey PRIMARY KEY,
            title text NOT NULL,
            reporter_id smallint NOT NULL CONSTRAINT measure_reporter_id_fkey REFERENCES area,
            authority text NOT NULL,
            kind text NOT NULL,
            flows text[] NOT NULL CONSTRAINT measure_flows_check CHECK (cardinality(flows) > 0),
            announced_on date NOT NULL,
            in_force_on date,
            ended_on date,
            description text,
            source_title text NOT NULL,
            source_address text NOT NULL,
            source_date date NOT NULL,
            digest text NOT NULL,
            CONSTRAINT measure_in_order_check CHECK (in_force_on >= announced_on AND ended_on >= in_force_on)
        )""")
    op.execute("""
        CREATE TABLE measure_good (
            measure_code text NOT NULL CONSTRAINT measure_good_measure_code_fkey REFERENCES measure,
            commodity_id integer NOT NULL CONSTRAINT measure_good_commodity_id_fkey REFERENCES commodity,
            certainty text NOT NULL,
            note text,
            CONSTRAINT measure_good_pkey PRIMARY KEY (measure_code, commodity_id)
        )""")
    op.execute("""
        CREATE TABLE measure_partner (
            measure_code text NOT NULL CONSTRAINT measure_partner_measure_code_fkey REFERENCES measure,
            area_id smallint NOT NULL CONSTRAINT measure_partner_area_id_fkey REFERENCES area,
            CONSTRAINT measure_partner_pkey PRIMARY KEY (measure_code, area_id)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE measure_partner, measure_good, measure")
