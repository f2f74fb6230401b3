"""Clients that send requests while a fault is injected."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3

from tests.resilience.conftest import REQUEST_PATH

CLIENT_COUNT = 4


@dataclass(frozen=True)
class RequestOutcome:
    """The outcome of a request: its status or the name of its error, and the times of its start and end in seconds.

    `detail` is the body of a response that is not 200, or the text of the error, so that a test that fails tells why.
    """

    status: int | str
    detail: str
    retry_after: str | None
    started_at: float
    ended_at: float

    @property
    def was_handled(self):
        """Return whether the request was answered, or refused with Retry-After."""
        return self.status in {200, 504} or (self.status in {429, 503} and self.retry_after is not None)


class LoadGenerator:
    """Clients that send requests continuously, each on a new connection, and record the outcomes.

    `address` is an address, or a function that returns one for each request.
    """

    def __init__(self, url, *, path=REQUEST_PATH, pause_s=0):
        self._pause_s = pause_s
        self._url = url if callable(url) else lambda: url
        self._path = path
        self._stop_requested = threading.Event()
        self._threads = [threading.Thread(target=self._send_continuously) for _ in range(CLIENT_COUNT)]
        self.outcomes = []

    @contextmanager
    def running(self):
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop_requested.set()
            for thread in self._threads:
                thread.join()

    @property
    def statuses(self):
        return {answer.status for answer in self.outcomes}

    @property
    def failures(self):
        return [answer for answer in self.outcomes if answer.status != 200]

    @property
    def lost(self):
        return [answer for answer in self.outcomes if not answer.was_handled]

    def _send_continuously(self):
        http = urllib3.PoolManager(retries=False, timeout=20, headers={"Connection": "close"})
        while not self._stop_requested.is_set():
            self.outcomes.append(self._send_request(http))
            time.sleep(self._pause_s)

    def _send_request(self, http):
        began = time.monotonic()
        try:
            answer = http.request("GET", f"{self._url()}{self._path}")
            status, retry_after = answer.status, answer.headers.get("Retry-After")
            detail = "" if status == 200 else answer.data.decode()
        except urllib3.exceptions.HTTPError as error:
            status, detail, retry_after = type(error).__name__, str(error), None
        return RequestOutcome(status, detail, retry_after, began, time.monotonic())
