"""The schema is what the models say, comes by migrations, and goes again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from service.db.migrate import migrate, undo_migrations
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
