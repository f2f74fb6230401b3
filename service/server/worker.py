"""A worker of gunicorn that sends problem details for malformed requests and measures the wait of each request.

It overrides two methods that gunicorn lets a worker override, and a third one because of a fault (ADR 18).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from time import monotonic, perf_counter
from types import FrameType
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from service.api.observability.access_log import log_request, redact, safe_request_id
from service.api.overload.admission_control import run_queued
from service.api.problems.types import PROBLEM_TYPES, ProblemType
from service.api.problems.wsgi_response import wsgi_problem


class QueueTimingThreadPool(ThreadPoolExecutor):
    """A thread pool that lets AdmissionControl know how long each task waited for a thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Queue a task together with the present time, from which its wait is measured."""
        return super().submit(run_queued, monotonic(), fn, *args, **kwargs)


class Worker(ThreadWorker):
    """A gunicorn worker that answers malformed requests with problem details and measures how long requests wait."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return the thread pool that handles connections."""
        return QueueTimingThreadPool(max_workers=self.cfg.threads)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at once, when SIGQUIT arrives.

        The method of ThreadWorker also shuts the thread pool down. That waits for ever if the signal has interrupted
        the method `submit` of the pool, which holds the lock that the shutdown needs. The end of the process ends the
        threads anyway.
        """
        super(ThreadWorker, self).handle_quit(sig, frame)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:  # noqa: ARG002 # gunicorn's signature
        """Log the error and send problem details to the client; gunicorn closes the connection afterwards."""
        problem_type = _problem_type(exc)
        if problem_type.status < 500:
            self.log.warning("Invalid request from %s: %s", (addr or ("",))[0], redact(str(exc)))
        else:
            self.log.error("Error handling request", exc_info=exc)
        detail = str(exc) if problem_type.status < 500 else problem_type.explanation
        with suppress(OSError):
            write_nonblock(client, _logged_response(problem_type, detail=detail))


def _problem_type(error: BaseException) -> ProblemType:
    if isinstance(error, LimitRequestLine):
        return PROBLEM_TYPES["uri-too-long"]
    if isinstance(error, LimitRequestHeaders):
        return PROBLEM_TYPES["headers-too-large"]
    return PROBLEM_TYPES["bad-request" if isinstance(error, ParseException) else "internal-error"]


def _logged_response(problem_type: ProblemType, *, detail: str) -> bytes:
    """Return an HTTP/1.1 response as bytes, the last one on its connection, and log it."""
    started_at, request_id = perf_counter(), safe_request_id("")
    status, headers, body = wsgi_problem(problem_type, detail=detail, request_id=request_id)
    log_request(
        {"REQUEST_METHOD": "", "PATH_INFO": ""},
        request_id=request_id,
        route=None,
        status=problem_type.status,
        seconds=perf_counter() - started_at,
        fields={},
    )
    lines = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name}: {value}" for name, value in headers), "\r\n"]
    return "\r\n".join(lines).encode() + body
