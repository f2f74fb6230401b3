"""Services behind a load balancer that checks whether each is ready."""

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

from tests.support.faults.database_faults import wait_for_result
from tests.support.faults.load_generator import CLIENT_COUNT

PROBE_INTERVAL_S = 0.05
MAX_START_S = MAX_STOP_S = 180
COMMAND = Path(sys.executable).parent / "tradeflows"


class ServiceProcess:
    """`tradeflows serve` on a port of its own."""

    def __init__(self, database, home, *, drain_ms):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{self._bind}"
        self._environment = {
            "PATH": os.environ["PATH"],
            "TRADEFLOWS_HOME": str(home),
            "TRADEFLOWS_DRAIN_MS": str(drain_ms),
        }
        self._environment |= {"DATABASE_URL": database.render_as_string(hide_password=False)}
        # The default timeouts, so that no request is refused or given up while a service starts on a busy machine.
        self._environment |= {"TRADEFLOWS_POOL_SIZE": str(2 * CLIENT_COUNT), "TRADEFLOWS_RESPONSE_CACHE_MB": "0"}
        self._server = None

    def start(self):
        command = [COMMAND, "serve", "--no-migrate", "--bind", self._bind]
        self._server = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for_result(lambda: self.readiness_status() == 200, timeout_s=MAX_START_S)

    def terminate(self):
        self._server.send_signal(signal.SIGTERM)

    def wait(self):
        """Wait for the end of the process, and return its exit status."""
        return self._server.wait(MAX_STOP_S)

    def close(self):
        """End the process if it still runs, so that a test that fails leaves none."""
        if self._server is not None:
            with self._server:
                self._server.kill()

    def readiness_status(self):
        """Return the status of /ready; null where there is no response."""
        try:
            return urllib3.request("GET", f"{self.url}/ready", retries=False, timeout=5).status
        except urllib3.exceptions.HTTPError:
            return None


class LoadBalancer:
    """The services that were ready at the last check."""

    def __init__(self, services):
        self._ready_urls = [service.url for service in services]
        self._services = services
        self._stop_requested = threading.Event()

    def choose_url(self):
        return random.choice(self._ready_urls)  # noqa: S311 - any will do

    @contextmanager
    def probing(self):
        thread = threading.Thread(target=self._probe_continuously)
        thread.start()
        try:
            yield self
        finally:
            self._stop_requested.set()
            thread.join()

    def _probe_continuously(self):
        while not self._stop_requested.wait(PROBE_INTERVAL_S):
            self._ready_urls = [
                service.url for service in self._services if service.readiness_status() == 200
            ] or self._ready_urls


@contextmanager
def run_two_services(database, home):
    """Yield two ready services, an endless cycle over both, and the proxy in front of them."""
    services = [ServiceProcess(database, home, drain_ms=1000) for _ in range(2)]
    try:
        for service in services:
            service.start()
        with LoadBalancer(services).probing() as proxy:
            yield itertools.cycle(services), proxy
        for service in services:
            service.terminate()
        for service in services:
            service.wait()
    finally:
        for service in services:
            service.close()
