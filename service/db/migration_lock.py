"""One process at a time changes the schema or the roles, while the others wait."""

from sqlalchemy import Connection, text

MIGRATION_LOCK_KEY = 7_446_001
"""Key of the advisory lock that lets one process migrate while the others wait."""


def lock_migrations(connection: Connection) -> None:
    """Wait until no other process changes the schema, and keep others from it until the transaction ends."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL lock_timeout = '30s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_KEY})
