"""Creation of the database roles owner, loader and reader, whose rights service/db/access/grants.py defines.

The rights that PostgreSQL grants to everybody (PUBLIC) by default are revoked.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, text

from service.db.access.grants import LOADER, OWNER, READER, become_owner, grant_tables
from service.db.migration_lock import lock_migrations

MAX_READER_CONNECTIONS = 80
"""Maximum number of connections of all processes of the service together; PostgreSQL allows 100 by default."""

_LOCK_FUNCTIONS = "^pg_(try_)?advisory_"
_RESTRICTED_FUNCTIONS = (
    f"(^lo_|^lo(read|write)$|{_LOCK_FUNCTIONS}|^pg_sleep|^pg_(cancel|terminate)_backend$|^pg_notify$)"
)
"""Functions that every role may call by default, and by which a reader could write, block or terminate sessions."""

_TRANSFER_OWNERSHIP = f"""
    DO $$
    DECLARE thing text;
    BEGIN
        EXECUTE format('ALTER DATABASE %I OWNER TO {OWNER}', current_database());
        FOR thing IN
            SELECT 'TABLE ' || oid::regclass FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
              AND relowner <> '{OWNER}'::regrole
            UNION ALL
            SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND proowner <> '{OWNER}'::regrole
        LOOP
            EXECUTE format('ALTER %s OWNER TO {OWNER}', thing);
        END LOOP;
    END $$"""

_REVOKE_PUBLIC_ACCESS = f"""
    DO $$
    BEGIN
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO {LOADER}, {READER}', current_database());
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {LOADER}', current_database());
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT ALL ON SCHEMA public TO {OWNER}; -- also in a copy, which belongs to whoever makes it
        GRANT USAGE ON SCHEMA public TO {LOADER}, {READER};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {READER};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {LOADER};
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    END $$"""

# Only a superuser may revoke PostgreSQL's own functions; the returned list names those that remain.
_RESTRICT_FUNCTIONS = f"""
    DO $$
    DECLARE function regprocedure; name text;
    BEGIN
        FOR function, name IN
            SELECT oid, proname FROM pg_proc
            WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '{_RESTRICTED_FUNCTIONS}'
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
            IF name ~ '{_LOCK_FUNCTIONS}' THEN
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {OWNER}, {LOADER}', function);
            END IF;
        END LOOP;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$"""

_UNRESTRICTED_FUNCTIONS = f"""
    SELECT DISTINCT proname FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '{_RESTRICTED_FUNCTIONS}'
      AND has_function_privilege('{READER}', oid, 'EXECUTE')
    ORDER BY proname"""


def create_roles(engine: Engine, *, passwords: Mapping[str, str]) -> list[str]:
    """Create the roles with their rights, and return the names of functions that the reader can still call.

    These are functions by which a reader could write, block or end sessions, and which only a superuser can revoke.
    `passwords` has passwords by role; a role without one keeps its password. A repeated call updates the passwords and
    keeps grants that others have added.

    :raises sqlalchemy.exc.ProgrammingError: the connected user may not create roles.
    """
    with engine.begin() as connection:
        lock_migrations(connection)
        is_superuser = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        if is_superuser:
            # Roles belong to all databases of a server; the migration lock belongs to one database.
            connection.execute(text("LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE"))
        for role in (OWNER, LOADER, READER):
            _create_role(connection, role, password=passwords.get(role))
        if not is_superuser:
            connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER"))
        for statement in (_RESTRICT_FUNCTIONS, _TRANSFER_OWNERSHIP):
            connection.execute(text(statement))
        become_owner(connection)
        connection.execute(text(_REVOKE_PUBLIC_ACCESS))
        grant_tables(connection)
        return list(connection.scalars(text(_UNRESTRICTED_FUNCTIONS)))


def _create_role(connection: Connection, role: str, *, password: str | None) -> None:
    there = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    limit = MAX_READER_CONNECTIONS if role == READER else -1
    options = f"LOGIN NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT {limit}"
    connection.execute(text(f"{'ALTER' if there else 'CREATE'} ROLE {role} {options}"))
    if role == READER:
        # An additional protection: the grants decide, because the reader could change this setting.
        connection.execute(text(f"ALTER ROLE {role} SET default_transaction_read_only = on"))
    if password is not None:
        _set_password(connection, role, password)


def _set_password(connection: Connection, role: str, password: str) -> None:
    """Set a password as a SCRAM verifier, so that the password is in no log of statements."""
    driver: Any = connection.connection.dbapi_connection
    verifier: bytes = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    driver.execute(b"ALTER ROLE %s PASSWORD '%s'" % (role.encode(), verifier))
