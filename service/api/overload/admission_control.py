"""Who is let in: as many requests as there are connections, some wait shortly, all others are turned away at once.

More at once would make each slower and none sooner. Turning away costs a small part of an answer, so that under any
load nearly all of the machine's time goes into answers; a queue would give it to clients that have given up.
"""

import time
from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

from service.api.observability.access_log import log_request, path_of, request_number
from service.api.observability.metrics import TURNED_AWAY
from service.api.overload.concurrency_limiter import Door
from service.api.problems.types import TYPES
from service.api.problems.wsgi_response import bare_problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ASKING = ("/v1/", "/sdmx/")
"""Where the paths begin that ask the database for answers. Others cost little, or are for those who look after the
service, to whom one that has much to do should not look like one that is broken."""
FIRST_PAGE = "/"
"""Asks for more than most."""
DOOR = "tradeflows.door"
"""Where the application keeps the door to itself, for the server that asks first whether it is worth knocking."""
BUSY = "More is asked than can be answered right now; try again shortly."


class Admission:
    """Lets `at_once` requests into `application`; twice as many wait for `wait_s` seconds at most."""

    def __init__(self, application: "WSGIApplication", *, at_once: int, wait_s: float) -> None:
        self._application = application
        self.door = Door(at_once=at_once, waiting=2 * at_once, wait_s=wait_s)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the answer; of one that is streamed, the body is made after others were let in."""
        if not (environ["PATH_INFO"].startswith(ASKING) or environ["PATH_INFO"] == FIRST_PAGE):
            return self._application(environ, start_response)
        began = time.perf_counter()
        if not self.door.enter():
            status, headers, body = turned_away(environ, began=began)
            start_response(status, headers)
            return [body]
        try:
            return self._application(environ, start_response)
        finally:
            self.door.leave()


def turned_away(environ: MutableMapping[str, Any], *, began: float) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status line, headers and body for a question that is not let in; it is counted and logged as any other.

    Of `environ`, as WSGI has it, the method, the path, the query and X-Request-ID are looked at. `began` is when it was
    first seen, by time.perf_counter().
    """
    TURNED_AWAY.inc()
    kind, number = TYPES["unavailable"], request_number(environ.get("HTTP_X_REQUEST_ID", ""))
    answer = bare_problem(kind, detail=BUSY, request_id=number, instance=path_of(environ))
    seconds = time.perf_counter() - began
    log_request(environ, number=number, route=None, status=kind.status, seconds=seconds, facts={})
    return answer
