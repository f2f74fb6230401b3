"""A worker of gunicorn that answers what it cannot read with problem details, as the service does, not with a page."""

from contextlib import suppress
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from service.api.bare_problems import bare_problem
from service.api.problem_types import TYPES, ProblemType


class Worker(ThreadWorker):
    """A worker with threads, whose own errors are problem details."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:  # noqa: ARG002 # as gunicorn calls it
        """Answer a request that never reached the application, and close the connection."""
        kind = _kind_of(exc)
        if kind.status < 500:
            self.log.warning("Invalid request from %s: %s", (addr or ("",))[0], exc)
        else:
            self.log.error("Error handling request", exc_info=exc)
        with suppress(OSError):
            write_nonblock(client, answer_to(kind, detail=str(exc) if kind.status < 500 else kind.explanation))


def _kind_of(error: BaseException) -> ProblemType:
    if isinstance(error, LimitRequestLine):
        return TYPES["uri-too-long"]
    if isinstance(error, LimitRequestHeaders):
        return TYPES["headers-too-large"]
    return TYPES["bad-request" if isinstance(error, ParseException) else "internal-error"]


def answer_to(kind: ProblemType, *, detail: str) -> bytes:
    """Return an answer of HTTP/1.1 that says what is wrong in the form of RFC 9457."""
    status, headers, body = bare_problem(kind, detail=detail)
    head = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name}: {value}" for name, value in headers), "\r\n"]
    return "\r\n".join(head).encode() + body
