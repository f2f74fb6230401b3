"""The schema is what the models say, comes by migrations, and goes again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, inspect, text

from service.db.migrations import downgrade_schema, upgrade_schema
from service.models import metadata


def test_migrations_create_the_schema_of_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_migrations_are_reversible(create_database):
    engine = create_engine(create_database("up_and_down"))
    upgrade_schema(engine)
    tables = set(inspect(engine).get_table_names())

    downgrade_schema(engine)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}

    upgrade_schema(engine)
    assert set(inspect(engine).get_table_names()) == tables
    engine.dispose()


INSERT_FIGURES = """
    INSERT INTO observation
        (dataset_id, flow, partner_id, commodity_id, period, value, obs_status, release_id, known_from)
    VALUES (1, 1, 1, 1, 24288, 5, 'A', 1, '2024-02-28'), (2, 1, 1, 1, 24288, 7, 'A', 2, '2024-02-28')"""


def test_partitioning_by_dataset_preserves_figures(create_database):
    engine = create_engine(create_database("parted"))

    def values(table):
        with engine.connect() as connection:
            return connection.execute(text(f"SELECT value FROM {table} ORDER BY 1")).scalars().all()

    upgrade_schema(engine, revision="0006")
    with engine.begin() as connection:
        connection.execute(text(INSERT_FIGURES))

    upgrade_schema(engine, revision="0007")
    assert [values(table) for table in ("observation", "observation_1", "observation_2")] == [[5, 7], [5], [7]]

    downgrade_schema(engine, revision="0006")
    assert values("observation") == [5, 7]
    engine.dispose()


INSERT_INVALID_TEXTS = r"""
    INSERT INTO area (id, code, name, kind) VALUES (1, 'JPN', E'Japan\n', 'country');
    INSERT INTO classification (id, code, family, name) VALUES (1, 'T', 'T', E'Goods\u0001of a test');
    INSERT INTO area_code (scheme, code, area_id) VALUES ('NZL-Trade-A', '1', 1);
    INSERT INTO dataset (id, code, title, source, reporter_id, classification_id, frequency, currency, unit_exponent,
        export_valuation, import_valuation, trade_system, exhaustive, attribution)
    SELECT id, code, E'bad\u0001title', 's', 1, 1, 'A', 'USD', 0, 'FOB', 'CIF', 'general', true, repeat('x', 3000)
    FROM (VALUES (1, 'NZL-Trade-A'), (2, 'nzl-trade-a'), (3, 'NZL Trade B'), (4, '日本')) AS codes (id, code);
    INSERT INTO release (dataset_id, code, published_on, stage, file_name, sha256, parser_version, rows,
        figures_digest, covers)
    VALUES (1, 'NZL-Trade-A-2024-02-28', '2024-02-28', 'final', E'a\tb.csv', 'x', '1', 1, '', 'complete')"""


def test_invalid_codes_and_texts_are_mended(create_database):
    engine = create_engine(create_database("mended"), poolclass=NullPool)
    upgrade_schema(engine, revision="0017")
    with engine.begin() as connection:
        connection.execute(text(INSERT_INVALID_TEXTS.replace(":", r"\:")))
        token = connection.scalar(text("SELECT token FROM data_version"))

    upgrade_schema(engine, revision="0018")

    with engine.connect() as connection:
        codes = connection.execute(text("SELECT code FROM dataset ORDER BY id")).scalars().all()
        assert codes == ["nzl-trade-a-1", "nzl-trade-a", "nzl-trade-b", "dataset-4"]
        texts = "SELECT DISTINCT title, char_length(attribution) FROM dataset"
        assert connection.execute(text(texts)).all() == [("bad title", 2000)]
        found = "SELECT area.name, classification.name, scheme FROM area, classification, area_code"
        assert connection.execute(text(found)).one() == ("Japan ", "Goods of a test", "nzl-trade-a-1")
        releases = connection.execute(text("SELECT code, file_name FROM release")).all()
        assert releases == [("nzl-trade-a-2024-02-28", "a b.csv")]
        assert connection.scalar(text("SELECT token FROM data_version")) != token
    downgrade_schema(engine, revision="0017")
