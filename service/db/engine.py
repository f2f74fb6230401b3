"""The engines, made once per process and after any fork."""

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
"""The least that psycopg takes."""
MONITOR_TIMEOUT_S = 1.0
"""After how many seconds a server that does not say how far its data are counts as away."""
SESSION_SETTINGS = {"timezone": "UTC", "jit": "off"}
DISCONNECT_CHECK_SETTINGS = {"client_connection_check_interval": "1s"}
"""How often the server looks whether there is still somebody to send an export to."""


def create_replica_set(settings: Settings, *, url: str) -> ReplicaSet:
    """Return the servers that are read: those of `settings.database_read_url`, and in their place the one at `url`.

    An address of several hosts names a server each. Without any, the one at `url` alone answers.
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
    """Return an engine that reads `url` within the bounds that `settings` give.

    Connections are tested before use, never queue for longer than `pool_timeout_s`, stop a statement that runs for
    longer than `statement_timeout_ms`, and are closed where the server says nothing for `deadline_s`.
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
    """Return the engine of exports, of which each has a connection for as long as it is sent.

    Who finds none free is not kept waiting: the others take their time. The server may say nothing for as long as a
    statement may run.
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
    """Return the engine that asks a server how far its data are: one statement, without a transaction or a test."""
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
    """Return an engine whose connections have the settings `session`, each transaction anew where not `prepared`."""
    bounds = {"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": round(timeout_s * 1000)}
    if use_prepared_statements:
        kept: dict[str, Any] = {"options": " ".join(f"-c {name}={value}" for name, value in session_settings.items())}
    else:
        kept = {"prepare_threshold": None}
    engine = create_engine(url, max_overflow=0, connect_args=bounds | kept, **options)
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
    """Replace connections that the server no longer answers by, before somebody is to wait for an answer by them."""

    @event.listens_for(engine, "checkout")
    def ping_connection(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, *_: object) -> None:
        was_used, record.info["was_used"] = record.info.get("was_used", False), True
        if not was_used:
            return
        try:
            ping(connection)
        except psycopg.OperationalError as error:
            # Those made before it are as bad, so that the pool makes them anew: SQLAlchemy's own test does the same,
            # but waits as long as for an answer.
            raise InvalidatePoolError from error


def _apply_settings_per_transaction(engine: Engine, session_settings: Mapping[str, str]) -> None:
    """Let no transaction depend on what another left on the connection, which may be another one each time."""
    local = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in session_settings.items())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(text(f"SELECT {local}"))
