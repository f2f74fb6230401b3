"""Services behind a proxy, which asks each whether it is ready, and sends requests to those that are."""

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.faults.conftest import SETTINGS
from tests.faults.load import CLIENTS
from tests.faults.made import soon

LOOKS_EVERY_S = 0.05
STARTS_WITHIN_S = ENDS_WITHIN_S = 60
COMMAND = Path(sys.executable).parent / "tradeflows"


class Served:
    """`tradeflows serve` on a port of its own."""

    def __init__(self, database, home, *, drain_ms):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{self._bind}"
        self._environment = {"PATH": os.environ["PATH"], "TRADEFLOWS_HOME": str(home), "DRAIN_MS": str(drain_ms)}
        self._environment |= {"DATABASE_URL": database.render_as_string(hide_password=False)}
        self._environment |= SETTINGS | {"POOL_SIZE": str(2 * CLIENTS)}  # so that nobody is turned away
        self._server = None

    def start(self):
        command = [COMMAND, "serve", "--no-prepare", "--bind", self._bind]
        self._server = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        soon(lambda: self.readiness() == 200, within_s=STARTS_WITHIN_S)

    def told_to_end(self):
        self._server.send_signal(signal.SIGTERM)

    def ended(self):
        """Return how it ended, when it has."""
        return self._server.wait(ENDS_WITHIN_S)

    def readiness(self):
        """Return the status of /ready, null where nobody answers."""
        try:
            return urllib3.request("GET", f"{self.address}/ready", retries=False, timeout=5).status
        except urllib3.exceptions.HTTPError:
            return None


class Proxy:
    """Knows who of several services is ready, as of its last look."""

    def __init__(self, services):
        self._ready = [service.address for service in services]
        self._services = services
        self._ended = threading.Event()

    def one(self):
        return random.choice(self._ready)  # noqa: S311 - any will do

    @contextmanager
    def looking(self):
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    def _look(self):
        while not self._ended.wait(LOOKS_EVERY_S):
            self._ready = [service.address for service in self._services if service.readiness() == 200] or self._ready


@contextmanager
def two_behind_a_proxy(database, home):
    """Yield two services, each ready, in turn without end, and the proxy in front of them."""
    services = [Served(database, home, drain_ms=1000) for _ in range(2)]
    try:
        for service in services:
            service.start()
        with Proxy(services).looking() as proxy:
            yield itertools.cycle(services), proxy
    finally:
        for service in services:
            service.told_to_end()
        for service in services:
            service.ended()
