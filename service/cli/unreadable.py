"""A worker of gunicorn that answers what it cannot read with problem details, as the service does, not with a page."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import msgspec
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from service.api.problem_types import CONTENT_TYPE, TYPES, ProblemType, problem_body


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
    request_id = uuid4().hex
    body = msgspec.json.encode(problem_body(kind, detail=detail, instance="", request_id=request_id))
    head = (
        f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}",
        "Connection: close",
        f"Content-Type: {CONTENT_TYPE}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Access-Control-Allow-Origin: *",
        "X-Content-Type-Options: nosniff",
        f"X-Request-ID: {request_id}",
        "\r\n",
    )
    return "\r\n".join(head).encode() + body
