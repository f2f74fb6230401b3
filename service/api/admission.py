"""Who is let in: as many requests as there are connections, some wait shortly, all others are turned away at once.

More at once would make each slower and none sooner. Turning away costs a small part of an answer, so that under any
load nearly all of the machine's time goes into answers; a queue would give it to clients that have given up.
"""

from collections.abc import Iterable
from threading import Semaphore
from typing import TYPE_CHECKING

from service.api.bare_problems import bare_problem
from service.api.metrics import TURNED_AWAY
from service.api.problem_types import TYPES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ASKING = ("/v1/", "/sdmx/")
"""Where the paths begin that ask the database for answers. Others cost little, or are for those who look after the
service, to whom one that has much to do should not look like one that is broken."""
BUSY = "More is asked than can be answered right now; try again shortly."


class Admission:
    """Lets `at_once` requests into `application`; twice as many wait for `wait_s` seconds at most."""

    def __init__(self, application: "WSGIApplication", *, at_once: int, wait_s: float) -> None:
        self._application = application
        self._wait_s = wait_s
        self._inside = Semaphore(at_once)
        self._inside_or_waiting = Semaphore(3 * at_once)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the answer; of one that is streamed, the body is made after others were let in."""
        if not environ["PATH_INFO"].startswith(ASKING):
            return self._application(environ, start_response)
        if not self._inside_or_waiting.acquire(blocking=False):
            return _turned_away(environ, start_response)
        try:
            if not self._inside.acquire(timeout=self._wait_s):
                return _turned_away(environ, start_response)
            try:
                return self._application(environ, start_response)
            finally:
                self._inside.release()
        finally:
            self._inside_or_waiting.release()


def _turned_away(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    TURNED_AWAY.inc()
    status, headers, body = bare_problem(TYPES["unavailable"], detail=BUSY, instance=environ["PATH_INFO"])
    start_response(status, headers)
    return [body]
