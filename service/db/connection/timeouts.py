"""Connections that wait for the server no longer than they are told.

A statement timeout is the server's own, and cannot fire where the server is frozen, or the network to it is gone.
"""

from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout  # private, but the only name of what `wait` raises at its timeout
from psycopg.generators import execute
from psycopg.pq import ExecStatus

PING_S = 1.0
"""How long the test of a connection before its use takes at most, and never more than a third of the deadline: after it
there has to be time for a new connection."""
INTERVAL_S = 0.1
"""How often a wait looks for Ctrl-C, in seconds: psycopg's own."""

Result = TypeVar("Result")


class DeadlinePassed(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that closes its socket where the server says nothing for `deadline_s` seconds.

    :raises DeadlinePassed: in any call that waits for the server.
    """

    deadline_s: ClassVar[float]
    ping_s: ClassVar[float]

    def wait(self, gen: PQGen[Result], interval: float = INTERVAL_S, timeout: float | None = None) -> Result:
        """Return what the server answers."""
        try:
            return super().wait(gen, interval, self.deadline_s if timeout is None else timeout)
        except _WaitTimeout as error:
            if timeout is not None:
                raise  # psycopg's own short wait, which it handles itself
            self.pgconn.finish()
            raise DeadlinePassed(f"the server said nothing for {self.deadline_s} s") from error


def bounded(deadline_s: float) -> type[BoundedConnection]:
    """Return the class of connections with that deadline."""
    return type(
        "BoundedConnection", (BoundedConnection,), {"deadline_s": deadline_s, "ping_s": min(PING_S, deadline_s / 3)}
    )


def ping(connection: psycopg.Connection[Any]) -> None:
    """Have the server answer at once; no transaction begins.

    :raises psycopg.OperationalError: it does not, and the connection is closed.
    """
    try:
        with connection.lock:
            connection.pgconn.send_query(b"")
            within_s = getattr(connection, "ping_s", PING_S)
            results = connection.wait(execute(connection.pgconn), timeout=within_s)
    except psycopg.OperationalError:
        connection.pgconn.finish()
        raise
    if [result.status for result in results] != [ExecStatus.EMPTY_QUERY]:
        connection.pgconn.finish()
        raise psycopg.OperationalError("the server ended the connection")
