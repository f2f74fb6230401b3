"""Whether the database gives the service as many connections as its processes may want."""

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from service.config import Settings

_GIVEN = text("""
    SELECT current_user, least(
        nullif(rolconnlimit, -1),
        current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer)
    FROM pg_roles WHERE rolname = current_user""")


def most_connections(settings: Settings, *, processes: int) -> int:
    """Return how many connections so many processes may hold: for prepared statements, other answers and exports."""
    kinds = 2 if settings.hot_reads else 1
    return processes * (kinds * settings.pool_size + settings.export_pool_size)


def too_few_connections(settings: Settings, url: str, *, processes: int) -> str | None:
    """Return in words that the database gives fewer connections than so many processes may hold.

    Null where it gives enough, or does not answer: the service starts without it, and tells of it.
    """
    wanted = most_connections(settings, processes=processes)
    try:
        with create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 2}).connect() as connection:
            role, given = connection.execute(_GIVEN).one()
    except DBAPIError:
        return None
    if wanted <= given:
        return None
    return (
        f"{processes} processes may hold {wanted} connections, with POOL_SIZE={settings.pool_size} and "
        f"EXPORT_POOL_SIZE={settings.export_pool_size}, but {role} is given {given}: what is asked beyond them is "
        "answered with 503. Lower the sizes, or let the role have more."
    )
