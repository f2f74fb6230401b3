"""The engine, made once per process and after any fork."""

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event

from service.config import Settings
from service.db.deadline import bounded

CONNECT_TIMEOUT_S = 2
"""The least that psycopg takes."""


def engine_for(settings: Settings, *, url: str) -> Engine:
    """Return an engine that reads `url` within the bounds that `settings` give.

    Connections are tested before use, never queue for longer than `pool_timeout_s`, stop a statement that runs for
    longer than `statement_timeout_ms`, and are closed where the server says nothing for `deadline_s`.
    """
    engine = create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_timeout_s,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "tcp_user_timeout": round(settings.deadline_s * 1000),
            "options": f"-c statement_timeout={settings.statement_timeout_ms} -c timezone=UTC -c jit=off",
        },
    )
    kind = bounded(settings.deadline_s)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, cargs: list[Any], cparams: dict[str, Any]) -> psycopg.Connection:
        return kind.connect(*cargs, **cparams)

    return engine
