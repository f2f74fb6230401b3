"""Connections that wait for the server no longer than they are told.

A statement timeout is the server's own, and cannot fire where the server is frozen, or the network to it is gone.
"""

from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout  # private, but the only name of what `wait` raises at its timeout
from psycopg.generators import execute
from psycopg.pq import ExecStatus

MAX_PING_S = 1.0
"""How long the test of a connection before its use takes at most, and never more than a third of the deadline: after it
there has to be time for a new connection."""
WAIT_INTERVAL_S = 0.1
"""How often a wait looks for Ctrl-C, in seconds: psycopg's own."""

WaitResult = TypeVar("WaitResult")


class ClientTimeout(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


class TimeoutConnection(psycopg.Connection[Any]):
    """A connection that closes its socket where the server says nothing for `deadline_s` seconds.

    :raises DeadlinePassed: in any call that waits for the server.
    """

    timeout_s: ClassVar[float]
    ping_timeout_s: ClassVar[float]

    def wait(
        self, gen: PQGen[WaitResult], interval: float = WAIT_INTERVAL_S, timeout: float | None = None
    ) -> WaitResult:
        """Return what the server answers."""
        try:
            return super().wait(gen, interval, self.timeout_s if timeout is None else timeout)
        except _WaitTimeout as error:
            if timeout is not None:
                raise  # psycopg's own short wait, which it handles itself
            self.pgconn.finish()
            raise ClientTimeout(f"the server said nothing for {self.timeout_s} s") from error


def connection_class(timeout_s: float) -> type[TimeoutConnection]:
    """Return the class of connections with that deadline."""
    return type(
        "TimeoutConnection",
        (TimeoutConnection,),
        {"timeout_s": timeout_s, "ping_timeout_s": min(MAX_PING_S, timeout_s / 3)},
    )


def ping(connection: psycopg.Connection[Any]) -> None:
    """Have the server answer at once; no transaction begins.

    :raises psycopg.OperationalError: it does not, and the connection is closed.
    """
    try:
        with connection.lock:
            connection.pgconn.send_query(b"")
            within_s = getattr(connection, "ping_timeout_s", MAX_PING_S)
            results = connection.wait(execute(connection.pgconn), timeout=within_s)
    except psycopg.OperationalError:
        connection.pgconn.finish()
        raise
    if [result.status for result in results] != [ExecStatus.EMPTY_QUERY]:
        connection.pgconn.finish()
        raise psycopg.OperationalError("the server ended the connection")
