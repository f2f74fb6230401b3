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

ALWAYS = frozenset({"/live", "/ready", "/metrics"})
"""What is asked by those who look after the service: one that has much to do is not one that is broken."""


class Admission:
    """Lets `at_once` requests into `application`; as many wait for `wait_s` seconds at most, others not at all."""

    def __init__(self, application: "WSGIApplication", *, at_once: int, wait_s: float) -> None:
        self._application = application
        self._wait_s = wait_s
        self._inside = Semaphore(at_once)
        self._inside_or_waiting = Semaphore(2 * at_once)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the answer; of one that is streamed, the body is made after others were let in."""
        if environ["PATH_INFO"] in ALWAYS:
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
    detail = "More is asked than can be answered right now; try again shortly."
    status, headers, body = bare_problem(TYPES["unavailable"], detail=detail, instance=environ["PATH_INFO"])
    start_response(status, headers)
    return [body]
