"""Brings the schema of a database up to date."""

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from alembic import command

MIGRATION_LOCK = 7_446_001
"""Key of the advisory lock that lets one process migrate while the others wait."""

_PLACES = (Path(__file__).parents[1] / "_alembic", Path(__file__).parents[2] / "alembic")


def migrate(engine: Engine, *, revision: str = "head") -> None:
    """Upgrade the schema to `revision` under a lock; a schema that is there already is left alone."""
    with engine.begin() as connection:
        _take_turns(connection)
        command.upgrade(_config(connection), revision)


def undo_migrations(engine: Engine, *, revision: str = "base") -> None:
    """Downgrade the schema to `revision` under the same lock, dropping what came after it."""
    with engine.begin() as connection:
        _take_turns(connection)
        command.downgrade(_config(connection), revision)


def _take_turns(connection: Connection) -> None:
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL lock_timeout = '30s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def _config(connection: Connection) -> Config:
    config = Config()
    # Installed as a wheel the migrations lie inside the package, in a checkout beside it.
    folder = next(place for place in _PLACES if place.is_dir())
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config
