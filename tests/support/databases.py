"""Test databases on one PostgreSQL server: templates that are built once, and a database restored for each test.

Workers of pytest-xdist share the server. A template is built by the first worker that needs it, while the others wait.
"""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

DATABASE_COMMENT = "made by the tests of tradeflows"
"""Comment on every database of a run, by which the databases are found and dropped at its end."""

_SCHEMA_FINGERPRINT = """
    SELECT md5(string_agg(definition, E'\\n' ORDER BY definition)) FROM (
        SELECT concat_ws(' ', 'relation', relname, relkind, relowner, relacl, reloptions)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid, attnotnull, attisdropped, attacl)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL
        SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT concat_ws(' ', 'function', oid::regprocedure, proowner, proacl, md5(prosrc))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', 'schema', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
        UNION ALL
        SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
        UNION ALL
        SELECT concat_ws(' ', 'default privileges', defaclrole, defaclobjtype, defaclacl) FROM pg_default_acl
        UNION ALL
        SELECT concat_ws(' ', 'database', datdba, datacl, datconnlimit)
        FROM pg_database WHERE datname = current_database()
        UNION ALL
        SELECT concat_ws(' ', 'setting', setrole, setconfig)
        FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database()
    ) AS definitions (definition)"""
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition ORDER BY relname"""
_PARTITIONS = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relispartition AND relkind = 'r'"
)
_SEQUENCES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
_END_OTHER_SESSIONS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_CURRENT_TRANSACTION = "SELECT pg_current_xact_id()::text"
_IS_WRITTEN = "age(xmin) < age(%(last)s::xid)"


def connect(url: URL) -> psycopg.Connection:
    """Return a connection to the database of `url` that commits every statement."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def end_sessions(url: URL) -> None:
    """End all sessions on the database of `url`."""
    with closing(connect(url)) as connection:
        connection.execute(_END_OTHER_SESSIONS)


class Databases:
    """Databases of one process on the server of a run; each name is extended by the worker that owns the database."""

    def __init__(self, server: URL, *, worker: str) -> None:
        self._server = server
        self._suffix = "" if worker == "master" else f"_{worker}"

    def create(self, name: str, *, template: str = "template0") -> URL:
        """Create a database of this worker, empty or as a copy of `template`, replacing one of that name."""
        with closing(connect(self._server)) as connection:
            return self._create(connection, name + self._suffix, template=template)

    def create_shared(self, name: str, build: Callable[[URL], None], *, template: str = "template0") -> URL:
        """Return a database that all workers share; the first worker creates it and calls `build`.

        The database gets its name after `build` has returned, so that no worker sees one that is incomplete.
        """
        with closing(connect(self._server)) as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                build(self._create(connection, f"{name}_incomplete", template=template))
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(f"{name}_incomplete"), sql.Identifier(name)))
        return self._server.set(database=name)

    def _create(self, connection: psycopg.Connection, name: str, *, template: str) -> URL:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        for statement in (
            "DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            "CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'",
        ):
            connection.execute(sql.SQL(statement).format(**names))
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(comment.format(names["name"], sql.Literal(DATABASE_COMMENT)))
        return self._server.set(database=name)


def drop_databases(server: URL) -> None:
    """Drop all databases that runs of the tests made on a server."""
    found = "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') = %s"
    with closing(connect(server)) as connection:
        for (name,) in connection.execute(found, [DATABASE_COMMENT]).fetchall():
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


class ReusableDatabase:
    """A copy of a template that is restored before each test, which is cheaper than another copy.

    A restore deletes the rows that were written since the last one, writes back those that were changed or deleted,
    drops partitions and resets sequences. A database whose schema, privileges or settings were changed is replaced by
    another copy.
    """

    def __init__(self, databases: Databases, name: str, *, template: str) -> None:
        self._databases, self._name, self._template = databases, name, template
        self.url = databases.create(name, template=template)
        self._save_state()

    def restore(self) -> None:
        """Bring the database back to the state of its template."""
        with closing(connect(self.url)) as connection:
            connection.execute(_END_OTHER_SESSIONS)
            with connection.transaction():
                self._drop_partitions(connection)
                is_unchanged = connection.execute(_SCHEMA_FINGERPRINT).fetchone()[0] == self._fingerprint
                if is_unchanged:
                    self._restore_rows(connection)
        if not is_unchanged:
            self.url = self._databases.create(self._name, template=self._template)
            self._save_state()

    def _save_state(self) -> None:
        with closing(connect(self.url)) as connection:
            self._fingerprint = connection.execute(_SCHEMA_FINGERPRINT).fetchone()[0]
            self._rows = {name: _read_rows(connection, name) for (name,) in connection.execute(_TABLES).fetchall()}
            self._sequences = {
                name: connection.execute(_format("SELECT last_value, is_called FROM {}", name)).fetchone()
                for (name,) in connection.execute(_SEQUENCES).fetchall()
            }
            self._transaction = connection.execute(_CURRENT_TRANSACTION).fetchone()[0]

    @staticmethod
    def _drop_partitions(connection: psycopg.Connection) -> None:
        for (name,) in connection.execute(_PARTITIONS).fetchall():
            connection.execute(_format("DROP TABLE {}", name))

    def _restore_rows(self, connection: psycopg.Connection) -> None:
        connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys hold at the end, not between
        for name, written_count, count in connection.execute(self._count_rows, {"last": self._transaction}).fetchall():
            if written_count:
                connection.execute(_format(f"DELETE FROM {{}} WHERE {_IS_WRITTEN}", name), {"last": self._transaction})
            if count - written_count != len(self._rows[name]):
                connection.execute(_format("DELETE FROM {}", name))
                insert = _format("INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, %s)", name)
                connection.execute(insert, [json.dumps(self._rows[name])])
        for name, (last_value, is_called) in self._sequences.items():
            connection.execute("SELECT setval(%s::regclass, %s, %s)", [name, last_value, is_called])
        self._transaction = connection.execute(_CURRENT_TRANSACTION).fetchone()[0]

    @property
    def _count_rows(self) -> sql.Composed:
        """Return the query of each table's rows that were written since the last restore, and of all its rows."""
        count = f"SELECT {{0}}, count(*) FILTER (WHERE {_IS_WRITTEN}), count(*) FROM {{1}}"
        counts = [sql.SQL(count).format(sql.Literal(name), sql.Identifier(name)) for name in self._rows]
        return sql.SQL(" UNION ALL ").join(counts)


def _read_rows(connection: psycopg.Connection, table: str) -> list[Any]:
    return [row for (row,) in connection.execute(_format("SELECT to_jsonb({0}) FROM {0}", table)).fetchall()]


def _format(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
