"""The lock for changes of the schema and the roles."""

from sqlalchemy import Connection, text

MIGRATION_LOCK_KEY = 7_446_001
"""Key of the advisory lock that only one process can hold; the others wait."""


def lock_migrations(connection: Connection) -> None:
    """Acquire the migration lock for the rest of the transaction; wait while another process holds it."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL lock_timeout = '30s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_KEY})
