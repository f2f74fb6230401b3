"""Create datasets, their releases, and the version of all data."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE dataset (
            id smallint NOT NULL CONSTRAINT dataset_pkey PRIMARY KEY,
            code text NOT NULL CONSTRAINT dataset_code_key UNIQUE,
            title text NOT NULL,
            source text NOT NULL,
            reporter_id smallint NOT NULL CONSTRAINT dataset_reporter_id_fkey REFERENCES area,
            classification_id smallint NOT NULL
                CONSTRAINT dataset_classification_id_fkey REFERENCES classification,
            frequency text NOT NULL CONSTRAINT dataset_frequency_check CHECK (frequency IN ('M', 'Q', 'A')),
            currency text NOT NULL CONSTRAINT dataset_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
            unit_exponent smallint NOT NULL,
            export_valuation text NOT NULL,
            import_valuation text NOT NULL,
            trade_system text NOT NULL,
            exhaustive boolean NOT NULL,
            attribution text NOT NULL
        )""")
    op.execute("""
        CREATE TABLE release (
            dataset_id smallint NOT NULL CONSTRAINT release_dataset_id_fkey REFERENCES dataset,
            id integer GENERATED ALWAYS AS IDENTITY,
            code text NOT NULL,
            published_on date NOT NULL,
            stage text NOT NULL CONSTRAINT release_stage_check CHECK (stage IN ('provisional', 'revised', 'final')),
            state text NOT NULL DEFAULT 'published'
                CONSTRAINT release_state_check CHECK (state IN ('published', 'withdrawn')),
            file_name text NOT NULL,
            sha256 text NOT NULL,
            parser_version text NOT NULL,
            rows integer NOT NULL,
            loaded_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT release_pkey PRIMARY KEY (dataset_id, id),
            CONSTRAINT release_dataset_id_code_key UNIQUE (dataset_id, code),
            CONSTRAINT release_dataset_id_published_on_key UNIQUE (dataset_id, published_on),
            CONSTRAINT release_dataset_id_sha256_parser_version_key UNIQUE (dataset_id, sha256, parser_version)
        )""")
    op.execute("""
        CREATE TABLE data_version (
            singleton boolean NOT NULL DEFAULT true
                CONSTRAINT data_version_pkey PRIMARY KEY CONSTRAINT data_version_singleton_check CHECK (singleton),
            version integer NOT NULL,
            reference_sha256 text
        )""")
    op.execute("INSERT INTO data_version (version) VALUES (0)")


def downgrade() -> None:
    op.execute("DROP TABLE data_version, release, dataset")
