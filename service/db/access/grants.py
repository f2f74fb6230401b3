"""Grants of the database roles: the owner changes tables, the loader adds figures, the reader reads.

Roles are in use if the database belongs to the owner role. In other databases one user has all rights.
"""

from sqlalchemy import Connection, text

OWNER, LOADER, READER = "tradeflows_owner", "tradeflows_loader", "tradeflows_reader"

_LOADER_TABLE_PRIVILEGES = {
    # Superseded figures move to the history, which is rewritten around a backfilled release.
    "observation": "DELETE",
    "observation_history": "DELETE",
    "release": "UPDATE (state, withdrawn_on, figures_digest)",
    "data_version": "UPDATE (version, token)",
    # Labels and parents of codes change with the code files; their keys do not change.
    "classification": "UPDATE (family, name, default_level)",
    "commodity": "UPDATE (name, level, parent_id)",
    # A changed entry is deleted and inserted as a whole.
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
    """Return whether roles are in use: whether the database belongs to the owner role."""
    owned = "SELECT pg_get_userbyid(datdba) = :owner FROM pg_database WHERE datname = current_database()"
    return bool(connection.scalar(text(owned), {"owner": OWNER}))


def become_owner(connection: Connection) -> None:
    """Act as the owner role until the transaction ends, if roles are in use and the connected user is a member."""
    can = "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = :owner"
    if uses_roles(connection) and connection.scalar(text(can), {"owner": OWNER}):
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))


def grant_tables(connection: Connection) -> None:
    """Grant each role its rights on the existing tables and functions. The connected role must own them."""
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
