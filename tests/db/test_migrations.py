"""The schema is what the models say, comes by migrations, and goes again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

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
