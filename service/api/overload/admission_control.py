"""Who is let in: as many requests as there are connections, some wait shortly, all others are turned away at once.

More at once would make each slower and none sooner. Turning away costs a small part of an answer, so that under any
load nearly all of the machine's time goes into answers; a queue would give it to clients that have given up.
"""

import time
from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

from service.api.observability.access_log import decoded_path, log_request, safe_request_id
from service.api.observability.metrics import REJECTED_REQUESTS
from service.api.overload.concurrency_limiter import Door
from service.api.problems.types import PROBLEM_TYPES
from service.api.problems.wsgi_response import wsgi_problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIMITED_PREFIXES = ("/v1/", "/sdmx/")
"""Where the paths begin that ask the database for answers. Others cost little, or are for those who look after the
service, to whom one that has much to do should not look like one that is broken."""
LANDING_PATH = "/"
"""Asks for more than most."""
LIMITER_EXTENSION = "tradeflows.door"
"""Where the application keeps the door to itself, for the server that asks first whether it is worth knocking."""
OVERLOADED_MESSAGE = "More is asked than can be answered right now; try again shortly."


class AdmissionControl:
    """Lets `at_once` requests into `application`; twice as many wait for `wait_s` seconds at most."""

    def __init__(self, application: "WSGIApplication", *, max_concurrent: int, queue_timeout_s: float) -> None:
        self._application = application
        self.limiter = Door(at_once=max_concurrent, waiting=2 * max_concurrent, wait_s=queue_timeout_s)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the answer; of one that is streamed, the body is made after others were let in."""
        if not (environ["PATH_INFO"].startswith(LIMITED_PREFIXES) or environ["PATH_INFO"] == LANDING_PATH):
            return self._application(environ, start_response)
        began = time.perf_counter()
        if not self.limiter.enter():
            status, headers, body = reject_overloaded(environ, started_at=began)
            start_response(status, headers)
            return [body]
        try:
            return self._application(environ, start_response)
        finally:
            self.limiter.leave()


def reject_overloaded(
    environ: MutableMapping[str, Any], *, started_at: float
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status line, headers and body for a question that is not let in; it is counted and logged as any other.

    Of `environ`, as WSGI has it, the method, the path, the query and X-Request-ID are looked at. `began` is when it was
    first seen, by time.perf_counter().
    """
    REJECTED_REQUESTS.inc()
    kind, number = PROBLEM_TYPES["unavailable"], safe_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    answer = wsgi_problem(kind, detail=OVERLOADED_MESSAGE, request_id=number, instance=decoded_path(environ))
    seconds = time.perf_counter() - started_at
    log_request(environ, request_id=number, route=None, status=kind.status, seconds=seconds, fields={})
    return answer
