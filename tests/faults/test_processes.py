"""Processes that are killed or replaced while requests come in: nobody else's request is lost."""

import os
import re
import signal
import threading
import time
from contextlib import contextmanager

import pytest
import urllib3

from tests.faults.conftest import QUESTION, SETTINGS
from tests.server import serving

CLIENTS = 4
RESTARTS = int(os.environ.get("RESTARTS", "2"))
LOADED_FOR_S = 1
"""How long clients go on asking after each event."""
BOOTS_WITHIN_S = 30


class Load:
    """Clients that ask without a pause, a connection for each request, and keep what became of each."""

    def __init__(self, address):
        self._address = address
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
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

    def _ask(self):
        http = urllib3.PoolManager(retries=False, timeout=20, headers={"Connection": "close"})
        while not self._ended.is_set():
            try:
                self.answers.append(http.request("GET", f"{self._address}{QUESTION}").status)
            except urllib3.exceptions.HTTPError as error:
                self.answers.append(type(error).__name__)


class Processes:
    """The processes of a server, as its log tells of them."""

    def __init__(self, log):
        self._log = log

    @property
    def arbiter(self):
        return int(re.search(r"\[(\d+)\] \[INFO\] Listening at", self._log.read_text())[1])

    @property
    def workers(self):
        return [int(number) for number in re.findall(r"Booting worker with pid: (\d+)", self._log.read_text())]

    def wait_for_workers(self, number):
        end = time.monotonic() + BOOTS_WITHIN_S
        while len(self.workers) < number:
            assert time.monotonic() < end, self._log.read_text()
            time.sleep(0.02)


@pytest.fixture
def server(database, tmp_path):
    """Yield the address of a server with two processes, and these."""
    log = tmp_path / "log"
    enough = SETTINGS | {"POOL_SIZE": str(2 * CLIENTS)}  # so that nobody is turned away
    with serving(database, log=log, options=["--workers=2", "--threads=8"], **enough) as address:
        processes = Processes(log)
        processes.wait_for_workers(2)
        yield address, processes


def test_workers_replaced_one_by_one_under_load_lose_no_request(server):
    address, processes = server
    with Load(address).running() as load:
        for number in range(1, RESTARTS + 1):
            os.kill(processes.arbiter, signal.SIGHUP)
            processes.wait_for_workers(2 + 2 * number)
            time.sleep(LOADED_FOR_S)

    assert set(load.answers) == {200}
    assert len(load.answers) > 10 * RESTARTS


def test_a_worker_that_is_killed_loses_the_requests_it_was_answering_and_no_others(server):
    address, processes = server
    with Load(address).running() as load:
        time.sleep(LOADED_FOR_S)
        os.kill(processes.workers[0], signal.SIGKILL)
        processes.wait_for_workers(3)
        time.sleep(LOADED_FOR_S)

    lost = [answer for answer in load.answers if answer != 200]
    assert set(lost) <= {"ProtocolError"}
    assert len(lost) <= CLIENTS
    assert load.answers[-1] == 200
