"""Brings the schema of a database up to date."""

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

from alembic import command
from service.db.access.grants import become_owner, grant_tables, uses_roles
from service.db.diagnostics import MIGRATION_FOLDERS
from service.db.migration_lock import lock_migrations


def upgrade_schema(engine: Engine, *, revision: str = "head") -> None:
    """Upgrade the schema to `revision` under a lock; a schema that is there already is left alone.

    Where roles are in force, what is made belongs to the owner, and is granted to the others.

    :raises sqlalchemy.exc.ProgrammingError: the schema is not up to date, and who is connected may not change it.
    """
    with engine.begin() as connection:
        lock_migrations(connection)
        become_owner(connection)
        before = _revision(connection)
        command.upgrade(_config(connection), revision)
        if uses_roles(connection) and _revision(connection) != before:
            grant_tables(connection)


def downgrade_schema(engine: Engine, *, revision: str = "base") -> None:
    """Downgrade the schema to `revision` under the same lock, dropping what came after it."""
    with engine.begin() as connection:
        lock_migrations(connection)
        become_owner(connection)
        command.downgrade(_config(connection), revision)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    folder = next(place for place in MIGRATION_FOLDERS if place.is_dir())
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config
