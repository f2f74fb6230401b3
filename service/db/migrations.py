"""Upgrades and downgrades of the database schema."""

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine

from alembic import command
from service.db.access.grants import become_owner, grant_tables, uses_roles
from service.db.diagnostics import MIGRATION_FOLDERS
from service.db.migration_lock import lock_migrations
from service.errors import SettingsError


def upgrade_schema(engine: Engine, *, revision: str = "head") -> None:
    """Upgrade the schema to `revision` under the migration lock; a schema of that revision is not changed.

    If database roles are in use, new tables belong to the owner role, and the other roles get their rights on them.

    :raises sqlalchemy.exc.ProgrammingError: the schema is outdated, and the connected role may not change it.
    :raises SettingsError: the schema is of a later version of the service.
    """
    with engine.begin() as connection:
        lock_migrations(connection)
        become_owner(connection)
        previous_revision = _revision(connection)
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise SettingsError(
                f"the schema is not of this version of the service: {error}; upgrade the service"
            ) from error
        if uses_roles(connection) and _revision(connection) != previous_revision:
            grant_tables(connection)


def downgrade_schema(engine: Engine, *, revision: str = "base") -> None:
    """Downgrade the schema to `revision` under the migration lock; later tables and columns are dropped."""
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
