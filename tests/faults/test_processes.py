"""Processes that are killed or replaced while requests come in lose nobody else's; clients are shared among them."""

import os
import re
import signal
import socket
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest
import urllib3

from tests.faults.behind import Served, two_behind_a_proxy
from tests.faults.conftest import QUESTION, SETTINGS
from tests.faults.load import CLIENTS, Load
from tests.faults.made import soon
from tests.server import serving

RESTARTS = int(os.environ.get("RESTARTS", "2"))
WORKERS_KILLED = int(os.environ.get("WORKERS_KILLED", "1"))
LOADED_FOR_S = 1
"""How long clients go on asking after each event."""
BOOTS_WITHIN_S = 30
STAYING, BEGUN = 16, 2
"""So many clients begin together and stay, so many times."""


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


def test_workers_replaced_one_by_one_under_load_lose_no_request(server, record_property):
    address, processes = server
    with Load(address).running() as load:
        for number in range(1, RESTARTS + 1):
            os.kill(processes.arbiter, signal.SIGHUP)
            processes.wait_for_workers(2 + 2 * number)
            time.sleep(LOADED_FOR_S)

    record_property("injected", RESTARTS)
    record_property("requests", len(load.answers))
    record_property("lost", len([answer for answer in load.answers if answer.status != 200]))
    assert load.statuses == {200}
    assert len(load.answers) > 10 * RESTARTS


def test_services_stopped_in_turn_say_so_first_and_lose_no_request_of_who_asks_the_other(
    database, tmp_path, record_property
):
    with two_behind_a_proxy(database, tmp_path) as (in_turn, proxy), Load(proxy.one, pause_s=0.05).running() as load:
        for service in islice(in_turn, RESTARTS):
            asked_before = len(load.answers)
            service.told_to_end()
            assert service.ended() == 0
            assert service.readiness() is None
            service.start()
            assert len(load.answers) > asked_before

    record_property("injected", RESTARTS)
    record_property("requests", len(load.answers))
    record_property("lost", len([answer for answer in load.answers if answer.status != 200]))
    assert load.statuses == {200}


def test_what_is_told_to_end_says_that_it_is_not_ready_and_answers_until_it_does(database, tmp_path):
    service = Served(database, tmp_path, drain_ms=60_000)
    service.start()

    service.told_to_end()
    try:
        soon(lambda: service.readiness() == 503)
        assert "about to end" in urllib3.request("GET", f"{service.address}/ready").json()["detail"]
        assert urllib3.request("GET", f"{service.address}{QUESTION}").status == 200
    finally:
        service.told_to_end()  # who says it again does not want to wait
        assert service.ended() == 0


def test_a_worker_that_is_killed_loses_the_requests_it_was_answering_and_no_others(server, record_property):
    address, processes = server
    kills = []
    with Load(address).running() as load:
        for number in range(1, WORKERS_KILLED + 1):
            time.sleep(LOADED_FOR_S)
            os.kill(processes.workers[-1], signal.SIGKILL)
            kills.append(time.monotonic())
            processes.wait_for_workers(2 + number)
        time.sleep(LOADED_FOR_S)

    broken = [answer for answer in load.answers if answer.status != 200]
    of_others = [answer for answer in broken if not any(answer.began <= killed <= answer.ended for killed in kills)]
    record_property("injected", WORKERS_KILLED)
    record_property("requests", len(load.answers))
    record_property("its_own", len(broken))
    record_property("lost", len(of_others))
    assert {answer.status for answer in broken} <= {"ProtocolError"}
    assert of_others == []
    assert len(broken) <= CLIENTS * WORKERS_KILLED
    assert load.answers[-1].status == 200


def connections_of(pid, port):
    """Return how many connections of clients of that port a process holds."""
    held = {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    open_on_port = [line[9] for line in lines if int(line[1].partition(":")[2], 16) == port and line[3] == "01"]
    return sum(f"socket:[{inode}]" in held for inode in open_on_port)


def is_accepting(pid):
    """Return whether a process waits for clients: it is told of what comes on its own pipe, and to the port."""
    return sum(file.read_text().count("tfd:") for file in Path(f"/proc/{pid}/fdinfo").iterdir()) >= 2


def test_clients_that_stay_are_shared_among_the_processes(server):
    address, processes = server
    port = int(re.search(r":(\d+)$", address)[1])
    soon(lambda: all(map(is_accepting, processes.workers)))

    for _ in range(BEGUN):
        with ExitStack() as clients:
            for _ in range(STAYING):  # all connect before any is accepted, as clients do that begin together
                clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            soon(lambda: sum(connections_of(pid, port) for pid in processes.workers) == STAYING)
            held = [connections_of(pid, port) for pid in processes.workers]

        assert min(held) >= STAYING // 4, held
