"""A worker of gunicorn with a short queue: what would only wait for a thread is turned away by the one that accepts."""

import re
import socket
import time
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from service.api.overload.admission_control import LANDING_PATH, LIMITED_PREFIXES, LIMITER_EXTENSION, reject_overloaded
from service.api.overload.concurrency_limiter import Door
from service.server import protocol_errors

LOOKED_AT = 65536
"""Bytes: more than a request may have."""
AT_ONCE = 20
"""So many connections are accepted before what else there is to do is looked at."""
QUESTIONS = tuple(
    f"{method} {begin}".encode()
    for method in ("GET", "HEAD")
    for begin in (*LIMITED_PREFIXES, f"{LANDING_PATH} ", f"{LANDING_PATH}?")
)
NUMBER = re.compile(rb"\r\nx-request-id:[ \t]*([^\r\n]*)", re.IGNORECASE)


class Worker(protocol_errors.Worker):
    """A worker that hands its threads one request each, and answers the other questions with 503 itself.

    That costs a tenth of what a thread would need to read the request and turn it away.
    """

    def load_wsgi(self) -> None:
        """Make the application, and find the door to it."""
        super().load_wsgi()
        self._door: Door = self.wsgi.extensions[LIMITER_EXTENSION]

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; while more come than are let in, some more: who has to be told so does not queue."""
        super().accept(listener)
        for _ in range(AT_ONCE):
            if not self._door.turns_away():
                return
            super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread answer the request of a connection, if there is one that has nothing to do."""
        if (self._in_hand() > self.cfg.threads or self._door.turns_away()) and _asks(conn.sock):
            self._turn_away(conn)
        else:
            super().enqueue_req(conn)

    def _in_hand(self) -> int:
        """Return how many connections threads work on or wait for a thread, this one among them."""
        at_rest: int = len(self.keepalived_conns) + len(self.pending_conns)
        return int(self.nr_conns) - at_rest

    def _turn_away(self, conn: Any) -> None:
        began = time.perf_counter()
        with suppress(OSError):
            head = conn.sock.recv(LOOKED_AT, socket.MSG_DONTWAIT)  # what is left unread would cut the answer off
            answer = protocol_errors.written(*reject_overloaded(_asked_by(head), started_at=began))
            conn.sock.send(answer, socket.MSG_DONTWAIT)
            conn.sock.shutdown(socket.SHUT_WR)
        self.nr_conns -= 1
        conn.close()


def _asks(connection: socket.socket) -> bool:
    """Return whether a question for the database has come on the connection; it is left there."""
    try:
        return connection.recv(LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT).startswith(QUESTIONS)
    except OSError:
        return False


def _asked_by(head: bytes) -> dict[str, str]:
    """Return what is told of a question, as WSGI has it, from what has come of it."""
    method, _, rest = head.partition(b" ")
    path, _, query = rest.split(maxsplit=1)[0].partition(b"?")
    number = NUMBER.search(head.partition(b"\r\n\r\n")[0])
    return {
        "REQUEST_METHOD": method.decode(),
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "HTTP_X_REQUEST_ID": number[1].decode("latin-1") if number else "",
    }
