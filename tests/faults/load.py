"""Clients that ask all along while something else happens to the service."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3

from tests.faults.conftest import QUESTION

CLIENTS = 4


@dataclass(frozen=True)
class Answered:
    """What became of a request: its status, or the name of what broke it, and when it began and ended, in seconds."""

    status: int | str
    retry_after: str | None
    began: float
    ended: float

    @property
    def was_told(self):
        """Return whether it was answered, or turned away with when to try again."""
        return self.status in {200, 504} or (self.status in {429, 503} and self.retry_after is not None)


class Load:
    """Clients that ask on, a connection for each request, and keep what became of each.

    `address` is one, or tells one for each request.
    """

    def __init__(self, address, *, path=QUESTION, pause_s=0):
        self._pause_s = pause_s
        self._address = address if callable(address) else lambda: address
        self._path = path
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on) for _ in range(CLIENTS)]
        self.answers = []

    @contextmanager
    def running(self):
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            for thread in self._threads:
                thread.join()

    @property
    def statuses(self):
        return {answer.status for answer in self.answers}

    @property
    def lost(self):
        return [answer for answer in self.answers if not answer.was_told]

    def _ask_on(self):
        http = urllib3.PoolManager(retries=False, timeout=20, headers={"Connection": "close"})
        while not self._ended.is_set():
            self.answers.append(self._ask(http))
            time.sleep(self._pause_s)

    def _ask(self, http):
        began = time.monotonic()
        try:
            answer = http.request("GET", f"{self._address()}{self._path}")
            status, retry_after = answer.status, answer.headers.get("Retry-After")
        except urllib3.exceptions.HTTPError as error:
            status, retry_after = type(error).__name__, None
        return Answered(status, retry_after, began, time.monotonic())
