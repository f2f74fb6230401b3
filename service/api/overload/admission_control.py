"""Load shedding: refuses requests that waited too long for a thread, because their clients may have given up.

A refusal costs a small part of a response, so that the queue becomes short again.
"""

import time
from collections.abc import Callable, Iterable
from threading import local
from typing import TYPE_CHECKING, Any

from service.api.observability.access_log import decoded_path, log_request, safe_request_id
from service.api.observability.metrics import REJECTED_REQUESTS
from service.api.problems.types import OVERLOADED_DETAIL, PROBLEM_TYPES
from service.api.problems.wsgi_response import wsgi_problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIMITED_PREFIXES = ("/v1/", "/sdmx/")
"""Paths of the resources that read the database. Other paths cost little or serve operators, who must be able to tell
overload from failure."""
LANDING_PATH = "/"
"""Path of the landing page, which reads the database too."""
_current_task = local()


def run_queued(queued_at_s: float, task: Callable[..., Any], *arguments: Any) -> Any:
    """Run a task in a thread of a pool, and record how long it waited for the thread.

    `queued_at_s` is the value of time.monotonic() when the task was queued. Time does not count in which the thread
    waits for the request of a client that has only opened a connection.
    """
    _current_task.waited_s = time.monotonic() - queued_at_s
    return task(*arguments)


class AdmissionControl:
    """WSGI middleware that refuses requests for data that waited longer than `max_queue_s` for a thread.

    It measures waits only under a server that runs its tasks through `run_queued`.
    """

    def __init__(self, application: "WSGIApplication", *, max_queue_s: float) -> None:
        self._application = application
        self._max_queue_s = max_queue_s

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the response of the application, or 503 with Retry-After."""
        if getattr(_current_task, "waited_s", 0) > self._max_queue_s and _is_limited(environ):
            return _refuse(environ, start_response)
        return self._application(environ, start_response)


def _is_limited(environ: "WSGIEnvironment") -> bool:
    path = f"/{environ['PATH_INFO'].lstrip('/')}"  # Flask serves //v1/flows as /v1/flows
    return path == LANDING_PATH or path.startswith(LIMITED_PREFIXES)


def _refuse(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer 503, and count and log the request like any other."""
    started_at = time.perf_counter()
    REJECTED_REQUESTS.inc()
    problem_type, request_id = PROBLEM_TYPES["overloaded"], safe_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    status, headers, body = wsgi_problem(
        problem_type,
        detail=OVERLOADED_DETAIL,
        request_id=request_id,
        instance=decoded_path(environ),
        accept_header=environ.get("HTTP_ACCEPT", ""),
    )
    seconds = time.perf_counter() - started_at
    log_request(environ, request_id=request_id, route=None, status=problem_type.status, seconds=seconds, fields={})
    start_response(status, headers)
    return [body]
