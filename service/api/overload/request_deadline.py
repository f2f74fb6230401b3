"""A deadline for the work of a request in Python, which a timeout of the database does not end.

A response is sent after its request met the deadline. The sending of a streamed response has a timeout of its own.
"""

import ctypes
import time
from collections.abc import Iterable
from threading import Event, Lock, Thread, get_ident
from typing import TYPE_CHECKING

from service.api.observability.access_log import decoded_path, log_request, safe_request_id
from service.api.problems.types import PROBLEM_TYPES
from service.api.problems.wsgi_response import wsgi_problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHECK_INTERVAL_S = 0.25
REPEAT_INTERVAL_S = 5.0
"""Time that a request has to clean up before the exception is raised again."""
_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)
_NO_EXCEPTION: "ctypes.py_object[type[BaseException]]" = ctypes.py_object()


class _DeadlineExceeded(BaseException):
    """The end of a request at its deadline. Handlers of `Exception` let it pass."""


class RequestDeadline:
    """WSGI middleware that ends a request with status 504 if it takes longer than `max_request_s`.

    One thread in each process finds such requests, and raises an exception in their threads.
    """

    def __init__(self, application: "WSGIApplication", *, max_request_s: float) -> None:
        self._application = application
        self._max_request_s = max_request_s
        self._deadlines: dict[int, float] = {}
        self._interrupted_threads: set[int] = set()
        self._lock = Lock()
        self._has_started = Event()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Return the response of the application, or 504."""
        started_at = time.perf_counter()
        try:
            return self._call(environ, start_response)
        except _DeadlineExceeded:
            return _refuse(environ, start_response, time.perf_counter() - started_at)

    def _call(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not self._has_started.is_set():
            self._start_watching()
        thread_id = get_ident()
        self._deadlines[thread_id] = time.monotonic() + self._max_request_s
        try:
            return self._application(environ, start_response)
        finally:
            with self._lock:
                del self._deadlines[thread_id]
                if thread_id in self._interrupted_threads:
                    self._interrupted_threads.remove(thread_id)
                    # This withdraws an exception that was not raised yet. Without one it would leave a flag set, which
                    # makes Python 3.11 check for exceptions at every call, and never return under a profiler.
                    _raise_in_thread(thread_id, _NO_EXCEPTION)

    def _start_watching(self) -> None:
        """Start the thread at the first request: a thread does not survive the fork of a worker."""
        with self._lock:
            if not self._has_started.is_set():
                self._has_started.set()
                Thread(target=self._watch, name="request-deadline", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(CHECK_INTERVAL_S)
            now = time.monotonic()
            with self._lock:
                for thread_id, deadline in list(self._deadlines.items()):
                    if deadline < now:
                        self._deadlines[thread_id] = now + REPEAT_INTERVAL_S
                        self._interrupted_threads.add(thread_id)
                        _raise_in_thread(thread_id, _DeadlineExceeded)


def _refuse(environ: "WSGIEnvironment", start_response: "StartResponse", seconds: float) -> Iterable[bytes]:
    problem_type, request_id = PROBLEM_TYPES["timeout"], safe_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    detail = "The response took longer than the timeout allows. Request fewer codes or periods, or try again."
    status, headers, body = wsgi_problem(
        problem_type,
        detail=detail,
        request_id=request_id,
        instance=decoded_path(environ),
        accept_header=environ.get("HTTP_ACCEPT", ""),
    )
    log_request(environ, request_id=request_id, route=None, status=problem_type.status, seconds=seconds, fields={})
    start_response(status, headers)
    return [body]
