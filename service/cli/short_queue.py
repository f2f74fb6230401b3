"""A worker of gunicorn with a short queue: what would only wait for a thread is turned away by the one that accepts."""

import socket
from contextlib import suppress
from typing import Any

from service.api.admission import ASKING, BUSY
from service.api.metrics import TURNED_AWAY
from service.api.problem_types import TYPES
from service.cli import unreadable

LOOKED_AT = 65536
"""Bytes: more than a request may have."""
QUESTIONS = tuple(f"{method} {path}".encode() for method in ("GET", "HEAD") for path in ASKING)


class Worker(unreadable.Worker):
    """A worker that hands its threads one request each, and answers the other questions with 503 itself.

    That costs a tenth of what a thread would need to read the request and turn it away.
    """

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread answer the request of a connection, if there is one that has nothing to do."""
        if self._in_hand() > self.cfg.threads and _asks(conn.sock):
            self._turn_away(conn)
        else:
            super().enqueue_req(conn)

    def _in_hand(self) -> int:
        """Return how many connections threads work on or wait for a thread, this one among them."""
        at_rest: int = len(self.keepalived_conns) + len(self.pending_conns)
        return int(self.nr_conns) - at_rest

    def _turn_away(self, conn: Any) -> None:
        TURNED_AWAY.inc()
        with suppress(OSError):
            conn.sock.recv(LOOKED_AT, socket.MSG_DONTWAIT)  # what is left unread would cut the answer off
            conn.sock.send(unreadable.answer_to(TYPES["unavailable"], detail=BUSY), socket.MSG_DONTWAIT)
            conn.sock.shutdown(socket.SHUT_WR)
        self.nr_conns -= 1
        conn.close()


def _asks(connection: socket.socket) -> bool:
    """Return whether a question for the database has come on the connection; it is left there."""
    try:
        return connection.recv(LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT).startswith(QUESTIONS)
    except OSError:
        return False
