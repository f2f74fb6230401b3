"""The schema is what the models say, comes by migrations, and goes again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from service.db.migrations import migrate, undo_migrations
from service.models import metadata


def test_migrations_make_the_schema_that_the_models_describe(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_migrations_go_down_and_up_again(create_database):
    engine = create_engine(create_database("up_and_down"))
    migrate(engine)
    tables = set(inspect(engine).get_table_names())

    undo_migrations(engine)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}

    migrate(engine)
    assert set(inspect(engine).get_table_names()) == tables
    engine.dispose()


FIGURES = """
    INSERT INTO observation
        (dataset_id, flow, partner_id, commodity_id, period, value, obs_status, release_id, known_from)
    VALUES (1, 1, 1, 1, 24288, 5, 'A', 1, '2024-02-28'), (2, 1, 1, 1, 24288, 7, 'A', 2, '2024-02-28')"""


def test_figures_are_kept_when_they_are_parted_by_dataset_and_put_together_again(create_database):
    engine = create_engine(create_database("parted"))

    def values(table):
        with engine.connect() as connection:
            return connection.execute(text(f"SELECT value FROM {table} ORDER BY 1")).scalars().all()

    migrate(engine, revision="0006")
    with engine.begin() as connection:
        connection.execute(text(FIGURES))

    migrate(engine, revision="0007")
    assert [values(table) for table in ("observation", "observation_1", "observation_2")] == [[5, 7], [5], [7]]

    undo_migrations(engine, revision="0006")
    assert values("observation") == [5, 7]
    engine.dispose()
