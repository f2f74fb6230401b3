"""Who may do what in the database: the owner changes tables, the loader adds figures, the reader reads.

Roles are in force in a database that belongs to the owner; in any other, whoever connects does everything.
"""

from sqlalchemy import Connection, text

OWNER, LOADER, READER = "tradeflows_owner", "tradeflows_loader", "tradeflows_reader"

_LOADER_TABLE_PRIVILEGES = {
    # What stands is moved into history, which is made anew around a release that comes late.
    "observation": "DELETE",
    "observation_history": "DELETE",
    "release": "UPDATE (state, withdrawn_on, figures_digest)",
    "data_version": "UPDATE (version, token)",
    # Names and places of codes change with the files that describe them; their keys stay.
    "classification": "UPDATE (family, name, default_level)",
    "commodity": "UPDATE (name, level, parent_id)",
    # An entry that changed is entered anew as a whole.
    "measure": "DELETE",
    "measure_good": "DELETE",
    "measure_partner": "DELETE",
    "indicator": "DELETE",
    "indicator_figure": "DELETE",
}
_LOADER_EXCLUDED_TABLES = ("alembic_version", "api_key")
_LOADER_FUNCTIONS = (
    "make_partition(smallint, integer, date)",
    "attach_partition(smallint)",
    "analyze_figures(smallint[])",
)


def uses_roles(connection: Connection) -> bool:
    """Return whether the database belongs to the owner."""
    owned = "SELECT pg_get_userbyid(datdba) = :owner FROM pg_database WHERE datname = current_database()"
    return bool(connection.scalar(text(owned), {"owner": OWNER}))


def become_owner(connection: Connection) -> None:
    """Act as the owner until the transaction ends, where roles are in force and who is connected can."""
    can = "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = :owner"
    if uses_roles(connection) and connection.scalar(text(can), {"owner": OWNER}):
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))


def grant_tables(connection: Connection) -> None:
    """Grant what each role may do with the tables and functions that are there, as their owner."""
    connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {LOADER}, {READER}"))
    connection.execute(text(f"GRANT INSERT ON ALL TABLES IN SCHEMA public TO {LOADER}"))
    for table in _LOADER_EXCLUDED_TABLES:
        if _object_exists(connection, table, "to_regclass"):
            connection.execute(text(f"REVOKE INSERT ON {table} FROM {LOADER}"))
    for table, rights in _LOADER_TABLE_PRIVILEGES.items():
        if _object_exists(connection, table, "to_regclass"):
            connection.execute(text(f"GRANT {rights} ON {table} TO {LOADER}"))
    for function in _LOADER_FUNCTIONS:
        if _object_exists(connection, function, "to_regprocedure"):
            connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {LOADER}"))


def _object_exists(connection: Connection, name: str, lookup_function: str) -> bool:
    return connection.scalar(text(f"SELECT {lookup_function}(:name)"), {"name": f"public.{name}"}) is not None
