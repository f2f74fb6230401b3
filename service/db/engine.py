"""The engine, made once per process and after any fork."""

from sqlalchemy import Engine, create_engine

from service.config import Settings


def engine_for(settings: Settings, *, url: str) -> Engine:
    """Return an engine that reads `url` within the bounds that `settings` give.

    Connections are tested before use, never queue for longer than `pool_timeout_s`, and stop a statement
    that runs for longer than `statement_timeout_ms`.
    """
    return create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_timeout_s,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c statement_timeout={settings.statement_timeout_ms} -c timezone=UTC -c jit=off",
        },
    )
