"""Create observations, their history, and the periods that releases cover."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIGURE = """
    value bigint,
    quantity numeric,
    net_weight_kg numeric,
    release_id integer NOT NULL,
    commodity_id integer NOT NULL,
    known_from date NOT NULL,
    period smallint NOT NULL,
    dataset_id smallint NOT NULL,
    flow smallint NOT NULL,
    partner_id smallint NOT NULL,
    obs_status text NOT NULL,
    quantity_unit text
"""
CARRIED = "value, quantity, quantity_unit, net_weight_kg, obs_status, release_id, known_from"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE observation (
            {FIGURE},
            CONSTRAINT observation_pkey PRIMARY KEY (dataset_id, flow, partner_id, commodity_id, period)
                INCLUDE ({CARRIED}),
            CONSTRAINT observation_dataset_id_fkey FOREIGN KEY (dataset_id, release_id)
                REFERENCES release (dataset_id, id),
            CONSTRAINT observation_obs_status_check CHECK (obs_status IN ('A', 'P', 'E', 'M', 'Q')),
            CONSTRAINT observation_value_check CHECK ((value IS NULL) = (obs_status IN ('M', 'Q')))
        )""")
    op.execute(f"""
        CREATE UNIQUE INDEX observation_page_idx
            ON observation (dataset_id, period, flow, partner_id, commodity_id) INCLUDE ({CARRIED})""")
    op.execute(f"""
        CREATE TABLE observation_history (
            {FIGURE},
            known_until date NOT NULL,
            CONSTRAINT observation_history_pkey
                PRIMARY KEY (dataset_id, flow, partner_id, commodity_id, period, known_from),
            CONSTRAINT observation_history_dataset_id_fkey FOREIGN KEY (dataset_id, release_id)
                REFERENCES release (dataset_id, id),
            CONSTRAINT observation_history_known_until_check CHECK (known_from < known_until)
        )""")
    op.execute("""
        CREATE TABLE release_period (
            dataset_id smallint NOT NULL,
            release_id integer NOT NULL,
            flow smallint NOT NULL,
            period smallint NOT NULL,
            CONSTRAINT release_period_pkey PRIMARY KEY (dataset_id, flow, period, release_id),
            CONSTRAINT release_period_dataset_id_fkey FOREIGN KEY (dataset_id, release_id)
                REFERENCES release (dataset_id, id)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE release_period, observation_history, observation")
