"""Diagnosis of database faults. The messages name the remedy."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

MIGRATION_FOLDERS = (Path(__file__).parents[1] / "_alembic", Path(__file__).parents[2] / "alembic")
"""Folders of the migrations: inside the package in a wheel, beside the package in a checkout."""

_CONNECTION_ERROR_REASONS = {
    "authentication failed": "it rejects the role or the password of the service",
    "no password supplied": "it requires a password, and TRADEFLOWS_DATABASE_PASSWORD is not set",
    "permission denied": "the service's role may not read it: run `tradeflows roles`",
    "too many connections": "the service's role holds as many connections as it may have",
    "connection slots": "it has no connection left",
    "too many clients": "it has no connection left",
    "starting up": "it is starting",
    "shutting down": "it is being shut down",
    "does not exist": "it has no database, or no role, of that name",
    "refused": "no server listens at its address",
    "No such file": "no server listens at its address",
    "resolve": "its host has no address",
    "timeout": "it does not respond in time",
}


def schema_error(connection: Connection) -> str | None:
    """Return a message if the schema is missing or older than this version of the service needs; else null.

    A newer schema is accepted, because an upgrade migrates the database before it restarts the service.
    """
    found = _revision(connection)
    if found is None:
        return "The database has no schema yet: run `tradeflows migrate`."
    *earlier, required = known_revisions()
    if found in earlier:
        return f"The schema is at {found}, and the service requires {required}: run `tradeflows migrate`."
    return None


def is_schema_current(connection: Connection) -> bool:
    """Return whether the schema is that of this version."""
    return _revision(connection) == known_revisions()[-1]


def _revision(connection: Connection) -> str | None:
    is_there = connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is not None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version")) if is_there else None
    return revision


@cache
def known_revisions() -> list[str]:
    """Return the numbers of this version's migrations in order; the file names begin with them."""
    folder = next(place for place in MIGRATION_FOLDERS if place.is_dir())
    return sorted(file.name.partition("_")[0] for file in (folder / "versions").glob("[0-9]*.py"))


def database_message(error: DBAPIError) -> str:
    """Return the first line of the error message of the database, without the SQL statement and its values."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def connection_error_reason(error: DBAPIError) -> str | None:
    """Return the reason why the database does not answer, such as `it is starting`; null where it is unknown."""
    message = str(error.orig)
    return next((reason for sign, reason in _CONNECTION_ERROR_REASONS.items() if sign in message), None)
