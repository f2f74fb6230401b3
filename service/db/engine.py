"""The engines, made once per process and after any fork."""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from service.config import Settings
from service.db.connection.timeouts import bounded, ping
from service.db.replicas.routing import Servers
from service.db.replicas.server import Server
from service.db.replicas.urls import addresses_of_hosts

CONNECT_TIMEOUT_S = 2
"""The least that psycopg takes."""
WATCH_DEADLINE_S = 1.0
"""After how many seconds a server that does not say how far its data are counts as away."""
ANY_SESSION = {"timezone": "UTC", "jit": "off"}
SENDING_CHECK = {"client_connection_check_interval": "1s"}
"""How often the server looks whether there is still somebody to send an export to."""


def servers_for(settings: Settings, *, url: str) -> Servers:
    """Return the servers that are read: those of `settings.database_read_url`, and in their place the one at `url`.

    An address of several hosts names a server each. Without any, the one at `url` alone answers.
    """
    named = settings.database_read_url
    replicas = [_server(settings, url=address) for address in addresses_of_hosts(named)] if named else []
    return Servers(_server(settings, url=url), replicas, catch_up_s=settings.catch_up_s)


def _server(settings: Settings, *, url: str) -> Server:
    return Server(
        engine_for(settings, url=url),
        export_engine=export_engine_for(settings, url=url),
        watch=_watch_engine_for(settings, url=url),
    )


def engine_for(settings: Settings, *, url: str) -> Engine:
    """Return an engine that reads `url` within the bounds that `settings` give.

    Connections are tested before use, never queue for longer than `pool_timeout_s`, stop a statement that runs for
    longer than `statement_timeout_ms`, and are closed where the server says nothing for `deadline_s`.
    """
    return _engine(
        url,
        session=ANY_SESSION | {"statement_timeout": str(settings.statement_timeout_ms)},
        prepared=settings.prepared,
        deadline_s=settings.deadline_s,
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout_s,
    )


def export_engine_for(settings: Settings, *, url: str) -> Engine:
    """Return the engine of exports, of which each has a connection for as long as it is sent.

    Who finds none free is not kept waiting: the others take their time. The server may say nothing for as long as a
    statement may run.
    """
    timeout_ms = settings.export_statement_timeout_ms
    return _engine(
        url,
        session=ANY_SESSION | SENDING_CHECK | {"statement_timeout": str(timeout_ms)},
        prepared=settings.prepared,
        deadline_s=timeout_ms / 1000 + settings.deadline_s,
        pool_size=settings.export_pool_size,
        pool_timeout=0,
    )


def _watch_engine_for(settings: Settings, *, url: str) -> Engine:
    """Return the engine that asks a server how far its data are: one statement, without a transaction or a test."""
    return _engine(
        url,
        session={},
        prepared=settings.prepared,
        tested=False,
        deadline_s=min(WATCH_DEADLINE_S, settings.deadline_s),
        isolation_level="AUTOCOMMIT",
        pool_size=settings.pool_size,
        pool_timeout=settings.pool_timeout_s,
    )


def _engine(
    url: str, *, session: Mapping[str, str], prepared: bool, deadline_s: float, tested: bool = True, **options: Any
) -> Engine:
    """Return an engine whose connections have the settings `session`, each transaction anew where not `prepared`."""
    bounds = {"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": round(deadline_s * 1000)}
    if prepared:
        kept: dict[str, Any] = {"options": " ".join(f"-c {name}={value}" for name, value in session.items())}
    else:
        kept = {"prepare_threshold": None}
    engine = create_engine(url, max_overflow=0, connect_args=bounds | kept, **options)
    if session and not prepared:
        _set_in_each_transaction(engine, session)
    if tested:
        _test_before_use(engine)
    kind = bounded(deadline_s)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, cargs: list[Any], cparams: dict[str, Any]) -> psycopg.Connection:
        return kind.connect(*cargs, **cparams)

    return engine


def _test_before_use(engine: Engine) -> None:
    """Replace connections that the server no longer answers by, before somebody is to wait for an answer by them."""

    @event.listens_for(engine, "checkout")
    def test(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, *_: object) -> None:
        was_used, record.info["was_used"] = record.info.get("was_used", False), True
        if not was_used:
            return
        try:
            ping(connection)
        except psycopg.OperationalError as error:
            # Those made before it are as bad, so that the pool makes them anew: SQLAlchemy's own test does the same,
            # but waits as long as for an answer.
            raise InvalidatePoolError from error


def _set_in_each_transaction(engine: Engine, session: Mapping[str, str]) -> None:
    """Let no transaction depend on what another left on the connection, which may be another one each time."""
    local = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in session.items())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(text(f"SELECT {local}"))
