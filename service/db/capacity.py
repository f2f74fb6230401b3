"""Comparison of the connection limits of the database servers with the connection pools of the service."""

from collections import Counter

from sqlalchemy import URL, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from service.config import Settings
from service.db.replicas.urls import host_label, host_urls

_CONNECTION_LIMIT = text("""
    SELECT current_user, least(
        nullif(rolconnlimit, -1),
        current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer)
    FROM pg_roles WHERE rolname = current_user""")


def max_connections(settings: Settings, *, processes: int) -> int:
    """Return the maximum number of connections that `processes` processes together open to one database server.

    Each process has for each server a read pool with one further connection for the data version, a session pool, an
    export pool and, if there are replicas, a monitor pool.
    """
    pools = 2 + (settings.database_read_url is not None)
    return processes * (pools * settings.pool_size + 1 + settings.export_pool_size)


def connection_shortfalls(settings: Settings, url: str, *, processes: int) -> list[str]:
    """Return a message for each database server that allows fewer connections than `processes` processes may open.

    `url` is the URL of the primary. Servers that do not answer are left out. A server that is both the primary and a
    replica needs the connections of both.
    """
    named = Counter(_server_urls(url))
    if settings.database_read_url is not None:
        named.update(_server_urls(settings.database_read_url))
    each = max_connections(settings, processes=processes)
    messages = (
        _shortfall_message(settings, make_url(server), required=times * each, processes=processes)
        for server, times in named.items()
    )
    return [message for message in messages if message]


def _server_urls(url: str) -> list[str]:
    """Return a URL for each host of `url`, for primary and standbys alike."""
    server_url = make_url(url).difference_update_query(["target_session_attrs"])
    return host_urls(server_url.render_as_string(hide_password=False))


def _shortfall_message(settings: Settings, url: URL, *, required: int, processes: int) -> str | None:
    try:
        with create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 2}).connect() as connection:
            role, allowed = connection.execute(_CONNECTION_LIMIT).one()
    except DBAPIError:
        return None
    if required <= allowed:
        return None
    where = f" to {host_label(url)}" if settings.database_read_url else ""
    return (
        f"{processes} workers may hold {required} connections{where}, with TRADEFLOWS_POOL_SIZE={settings.pool_size} "
        f"and TRADEFLOWS_EXPORT_POOL_SIZE={settings.export_pool_size}, but {role} may hold {allowed}: requests that "
        "need more are refused with 503. Lower the sizes, or raise the connection limit of the role."
    )
