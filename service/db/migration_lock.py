"""The lock for changes of the schema and the roles."""

from sqlalchemy import Connection, text

MIGRATION_LOCK_KEY = 7_446_001
"""Key of PostgreSQL's advisory lock. Only one process can hold it; others wait."""


def lock_migrations(connection: Connection) -> None:
    """Acquire the migration lock for the rest of the transaction; wait up to 30 s while another process holds it."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL lock_timeout = '30s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_KEY})
