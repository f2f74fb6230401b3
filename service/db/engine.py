"""The engines, made once per process and after any fork."""

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from service.config import Settings
from service.db.deadline import BoundedConnection, bounded

CONNECT_TIMEOUT_S = 2
"""The least that psycopg takes."""
SENDING_CHECK = "client_connection_check_interval=1s"
"""How often the server looks whether there is still somebody to send an export to."""


def engine_for(settings: Settings, *, url: str) -> Engine:
    """Return an engine that reads `url` within the bounds that `settings` give.

    Connections are tested before use, never queue for longer than `pool_timeout_s`, stop a statement that runs for
    longer than `statement_timeout_ms`, and are closed where the server says nothing for `deadline_s`.
    """
    return _engine(
        url,
        options=f"-c statement_timeout={settings.statement_timeout_ms}",
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
        options=f"-c statement_timeout={timeout_ms} -c {SENDING_CHECK}",
        deadline_s=timeout_ms / 1000 + settings.deadline_s,
        pool_size=settings.export_pool_size,
        pool_timeout=0,
    )


def _engine(url: str, *, options: str, deadline_s: float, **pool: Any) -> Engine:
    engine = create_engine(
        url,
        max_overflow=0,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "tcp_user_timeout": round(deadline_s * 1000),
            "options": f"{options} -c timezone=UTC -c jit=off",
        },
        **pool,
    )
    kind = bounded(deadline_s)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, cargs: list[Any], cparams: dict[str, Any]) -> psycopg.Connection:
        return kind.connect(*cargs, **cparams)

    @event.listens_for(engine, "checkout")
    def test(connection: BoundedConnection, record: ConnectionPoolEntry, *_: object) -> None:
        was_used, record.info["was_used"] = record.info.get("was_used", False), True
        if not was_used:
            return
        try:
            connection.ping()
        except psycopg.OperationalError as error:
            # Those made before it are as bad, so that the pool makes them anew: SQLAlchemy's own test does the same,
            # but waits as long as for an answer.
            raise InvalidatePoolError from error

    return engine
