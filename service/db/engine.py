"""Database engines. A process creates them once, after any fork."""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from service.config import Settings
from service.db.connection.timeouts import connection_class, ping
from service.db.replicas.routing import ReplicaSet
from service.db.replicas.server import Server
from service.db.replicas.urls import host_urls

CONNECT_TIMEOUT_S = 2
"""Timeout in seconds of a new connection: the minimum that psycopg allows."""
MONITOR_TIMEOUT_S = 1.0
"""Timeout in seconds of the query for a server's data version; after it the server counts as down."""
MAX_COMPILED_STATEMENTS = 50
"""Statements that SQLAlchemy keeps compiled for each engine, up to half as many more. A large one takes 500 KB, and
those with a currency or several editions differ from request to request."""
SESSION_SETTINGS = {"timezone": "UTC", "jit": "off"}
DISCONNECT_CHECK_SETTINGS = {"client_connection_check_interval": "1s"}
"""The interval at which the server checks whether the client of an export is still connected."""


def create_replica_set(settings: Settings, *, url: str) -> ReplicaSet:
    """Return the primary at `url` and the replicas at `settings.database_read_url`.

    A read URL with several hosts names one replica per host. Reads go to the replicas first; without replicas the
    primary answers all reads.
    """
    named = settings.database_read_url
    replicas = [_create_server(settings, url=address) for address in host_urls(named)] if named else []
    return ReplicaSet(_create_server(settings, url=url), replicas, replica_wait_s=settings.replica_wait_s)


def _create_server(settings: Settings, *, url: str) -> Server:
    return Server(
        create_read_engine(settings, url=url),
        export_engine=create_export_engine(settings, url=url),
        monitor_engine=_create_monitor_engine(settings, url=url),
    )


def create_read_engine(settings: Settings, *, url: str) -> Engine:
    """Return an engine for reads from `url` with the timeouts of `settings`.

    Connections are tested before use. A checkout waits at most `pool_timeout_s`, a statement runs at most
    `statement_timeout_ms`, and a connection is closed if the server sends nothing for `database_timeout_s`.
    """
    return _build_engine(
        url,
        session_settings=SESSION_SETTINGS | {"statement_timeout": str(settings.statement_timeout_ms)},
        use_prepared_statements=settings.prepared_statements,
        timeout_s=settings.database_timeout_s,
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout_s,
    )


def create_export_engine(settings: Settings, *, url: str) -> Engine:
    """Return an engine for exports from `url`. An export holds a connection until its last byte is sent.

    An export that finds no free connection is refused at once, because the running exports take long.
    """
    timeout_ms = settings.export_statement_timeout_ms
    return _build_engine(
        url,
        session_settings=SESSION_SETTINGS | DISCONNECT_CHECK_SETTINGS | {"statement_timeout": str(timeout_ms)},
        use_prepared_statements=settings.prepared_statements,
        timeout_s=timeout_ms / 1000 + settings.database_timeout_s,
        pool_size=settings.export_pool_size,
        pool_timeout=0,
    )


def _create_monitor_engine(settings: Settings, *, url: str) -> Engine:
    """Return an engine for the query of a server's data version: one statement, no transaction, no test before use."""
    return _build_engine(
        url,
        session_settings={},
        use_prepared_statements=settings.prepared_statements,
        ping_before_use=False,
        timeout_s=min(MONITOR_TIMEOUT_S, settings.database_timeout_s),
        isolation_level="AUTOCOMMIT",
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout_s,
    )


def _build_engine(
    url: str,
    *,
    session_settings: Mapping[str, str],
    use_prepared_statements: bool,
    timeout_s: float,
    ping_before_use: bool = True,
    **options: Any,
) -> Engine:
    """Return an engine whose connections, or transactions without prepared statements, have `session_settings`."""
    bounds = {"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": round(timeout_s * 1000)}
    if use_prepared_statements:
        session_arguments: dict[str, Any] = {
            "options": " ".join(f"-c {name}={value}" for name, value in session_settings.items())
        }
    else:
        session_arguments = {"prepare_threshold": None}
    engine = create_engine(
        url,
        max_overflow=0,
        query_cache_size=MAX_COMPILED_STATEMENTS,
        connect_args=bounds | session_arguments,
        **options,
    )
    if session_settings and not use_prepared_statements:
        _apply_settings_per_transaction(engine, session_settings)
    if ping_before_use:
        _add_checkout_ping(engine)
    kind = connection_class(timeout_s)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, cargs: list[Any], cparams: dict[str, Any]) -> psycopg.Connection:
        return kind.connect(*cargs, **cparams)

    return engine


def _add_checkout_ping(engine: Engine) -> None:
    """Test connections at checkout and replace those on which the server does not answer."""

    @event.listens_for(engine, "checkout")
    def ping_connection(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, *_: object) -> None:
        was_used, record.info["was_used"] = record.info.get("was_used", False), True
        if not was_used:
            return
        try:
            ping(connection)
        except psycopg.OperationalError as error:
            # The pool then replaces all connections made before. SQLAlchemy's own pre_ping does the same, but with the
            # timeout of a statement.
            raise InvalidatePoolError from error


def _apply_settings_per_transaction(engine: Engine, session_settings: Mapping[str, str]) -> None:
    """Apply the settings in each transaction, because a pooler may give each transaction another connection."""
    local = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in session_settings.items())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(text(f"SELECT {local}"))
