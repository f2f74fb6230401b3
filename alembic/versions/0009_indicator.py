"""Create indicators: figures of surveys and other context, with their sources."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE indicator (
            code text NOT NULL CONSTRAINT indicator_pkey PRIMARY KEY,
            title text NOT NULL,
            kind text NOT NULL,
            topic text NOT NULL,
            reporter_id smallint CONSTRAINT indicator_reporter_id_fkey REFERENCES area,
            partner_id smallint CONSTRAINT indicator_partner_id_fkey REFERENCES area,
            first_month smallint,
            months smallint CONSTRAINT indicator_months_check CHECK (months IN (1, 3, 12)),
            published_on date NOT NULL,
            publisher text NOT NULL,
            respondents integer CONSTRAINT indicator_respondents_check CHECK (respondents > 0),
            unit text NOT NULL,
            note text,
            source_title text NOT NULL,
            source_address text NOT NULL,
            source_date date NOT NULL,
            digest text NOT NULL,
            CONSTRAINT indicator_period_check CHECK ((first_month IS NULL) = (months IS NULL))
        )""")
    op.execute("""
        CREATE TABLE indicator_figure (
            indicator_code text NOT NULL CONSTRAINT indicator_figure_indicator_code_fkey REFERENCES indicator,
            place smallint NOT NULL,
            code text NOT NULL,
            label text NOT NULL,
            value numeric NOT NULL,
            CONSTRAINT indicator_figure_pkey PRIMARY KEY (indicator_code, place),
            CONSTRAINT indicator_figure_indicator_code_code_key UNIQUE (indicator_code, code)
        )""")


def downgrade() -> None:
    op.execute("DROP TABLE indicator_figure, indicator")
