"""A worker of gunicorn that answers what it cannot read with problem details, as the service does, not with a page."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic, perf_counter
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from service.api.observability.access_log import log_request, safe_request_id
from service.api.problems.types import PROBLEM_TYPES, ProblemType
from service.api.problems.wsgi_response import wsgi_problem

LINGER_S = 1.0
"""How long, and to how many bytes, a client is listened to that goes on sending what was refused."""
MOST_HEARD = 4 * 1024 * 1024


class Worker(ThreadWorker):
    """A worker with threads, whose own errors are problem details."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:  # noqa: ARG002 # as gunicorn calls it
        """Answer a request that never reached the application, and close the connection."""
        kind, began = _kind_of(exc), perf_counter()
        if kind.status < 500:
            self.log.warning("Invalid request from %s: %s", (addr or ("",))[0], exc)
        else:
            self.log.error("Error handling request", exc_info=exc)
        with suppress(OSError):
            detail = str(exc) if kind.status < 500 else kind.explanation
            write_nonblock(client, _answer_to(kind, detail=detail, began=began))
            _hear_out(client)


def _hear_out(client: socket.socket) -> None:
    """Read what is still being sent: closing before would tear the answer away from whoever sends it."""
    client.shutdown(socket.SHUT_WR)
    client.settimeout(LINGER_S)
    end, left = monotonic() + LINGER_S, MOST_HEARD
    while left > 0 and monotonic() < end and (heard := client.recv(65536)):
        left -= len(heard)


def _kind_of(error: BaseException) -> ProblemType:
    if isinstance(error, LimitRequestLine):
        return PROBLEM_TYPES["uri-too-long"]
    if isinstance(error, LimitRequestHeaders):
        return PROBLEM_TYPES["headers-too-large"]
    return PROBLEM_TYPES["bad-request" if isinstance(error, ParseException) else "internal-error"]


def _answer_to(kind: ProblemType, *, detail: str, began: float) -> bytes:
    """Return the answer to a request that could not be read, and log it."""
    number = safe_request_id("")
    asked = {"REQUEST_METHOD": "", "PATH_INFO": ""}
    log_request(asked, request_id=number, route=None, status=kind.status, seconds=perf_counter() - began, fields={})
    return written(*wsgi_problem(kind, detail=detail, request_id=number))


def written(status: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """Return an answer of HTTP/1.1 as it is sent, the last one on its connection."""
    head = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name}: {value}" for name, value in headers), "\r\n"]
    return "\r\n".join(head).encode() + body
