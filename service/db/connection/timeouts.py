"""Database connections with a timeout on the client's side.

The server's statement timeout cannot fire while the server is frozen or the network is down.
"""

from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import (
    _WaitTimeout,  # a private name, but the only one of the exception that `wait` raises at its timeout
)
from psycopg.generators import execute
from psycopg.pq import ExecStatus

MAX_PING_S = 1.0
"""Maximum timeout in seconds of the test of a connection before its use. A test takes at most a third of the timeout of
the connection, so that time is left to open a new one."""
WAIT_INTERVAL_S = 0.1
"""Seconds between checks for Ctrl-C during a wait, as in psycopg."""

WaitResult = TypeVar("WaitResult")


class ClientTimeout(psycopg.OperationalError):
    """Timeout on the client's side: the server did not answer in time, and the connection is closed."""


class TimeoutConnection(psycopg.Connection[Any]):
    """A connection that closes its socket if the server sends nothing for `timeout_s` seconds.

    Any call that waits for the server can then raise ClientTimeout.
    """

    timeout_s: ClassVar[float]
    ping_timeout_s: ClassVar[float]

    def wait(
        self, gen: PQGen[WaitResult], interval: float = WAIT_INTERVAL_S, timeout: float | None = None
    ) -> WaitResult:
        """Return the result of psycopg's wait for the server.

        :raises ClientTimeout: the server sent nothing for `timeout_s` seconds, and no `timeout` was passed.
        """
        try:
            return super().wait(gen, interval, self.timeout_s if timeout is None else timeout)
        except _WaitTimeout as error:
            if timeout is not None:
                raise  # psycopg's own short wait, which it handles itself
            self.pgconn.finish()
            raise ClientTimeout(f"the server said nothing for {self.timeout_s} s") from error


def connection_class(timeout_s: float) -> type[TimeoutConnection]:
    """Return a subclass of TimeoutConnection with a timeout of `timeout_s` seconds."""
    return type(
        "TimeoutConnection",
        (TimeoutConnection,),
        {"timeout_s": timeout_s, "ping_timeout_s": min(MAX_PING_S, timeout_s / 3)},
    )


def ping(connection: psycopg.Connection[Any]) -> None:
    """Test whether the server answers on a connection, by an empty query outside of a transaction.

    :raises psycopg.OperationalError: the server did not answer; the connection is closed.
    """
    try:
        with connection.lock:
            connection.pgconn.send_query(b"")
            timeout_s = getattr(connection, "ping_timeout_s", MAX_PING_S)
            results = connection.wait(execute(connection.pgconn), timeout=timeout_s)
    except psycopg.OperationalError:
        connection.pgconn.finish()
        raise
    if [result.status for result in results] != [ExecStatus.EMPTY_QUERY]:
        connection.pgconn.finish()
        raise psycopg.OperationalError("the server ended the connection")
