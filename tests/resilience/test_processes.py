"""Processes that are killed or replaced under load lose no requests of other processes."""

import os
import re
import signal
import time
from contextlib import closing
from itertools import islice

import pytest
import urllib3

from tests.resilience.conftest import REQUEST_PATH
from tests.support.faults.database_faults import wait_for_result
from tests.support.faults.load_generator import CLIENT_COUNT, LoadGenerator
from tests.support.faults.proxied_services import ServiceProcess, run_two_services
from tests.support.server import run_server

pytestmark = [pytest.mark.process, pytest.mark.account]

RESTART_COUNT = int(os.environ.get("RESTARTS", "2"))
WORKER_KILL_COUNT = int(os.environ.get("WORKERS_KILLED", "1"))
LOAD_DURATION_S = 1
"""How long clients go on asking after each event."""
MAX_BOOT_S = 30


class ServerProcesses:
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
        end = time.monotonic() + MAX_BOOT_S
        while len(self.workers) < number:
            assert time.monotonic() < end, self._log.read_text()
            time.sleep(0.02)


@pytest.fixture
def server(database, tmp_path):
    """Yield the address of a server with two processes, and these."""
    log = tmp_path / "log"
    # The default timeouts, so that no request is refused or given up while a worker starts on a busy machine.
    settings = {"TRADEFLOWS_POOL_SIZE": str(2 * CLIENT_COUNT), "TRADEFLOWS_RESPONSE_CACHE_MB": "0"}
    with run_server(database, log_file=log, gunicorn_options=["--workers=2", "--threads=8"], **settings) as address:
        processes = ServerProcesses(log)
        processes.wait_for_workers(2)
        yield address, processes


def test_a_rolling_worker_restart_loses_no_request(server, record_property):
    address, processes = server
    with LoadGenerator(address).running() as load:
        for number in range(1, RESTART_COUNT + 1):
            os.kill(processes.arbiter, signal.SIGHUP)
            processes.wait_for_workers(2 + 2 * number)
            time.sleep(LOAD_DURATION_S)

    record_property("injected", RESTART_COUNT)
    record_property("requests", len(load.outcomes))
    record_property("lost", len(load.failures))
    assert load.failures == []
    assert len(load.outcomes) > RESTART_COUNT


def test_a_rolling_service_restart_loses_no_request(database, tmp_path, record_property):
    with (
        run_two_services(database, tmp_path) as (in_turn, proxy),
        LoadGenerator(proxy.choose_url, pause_s=0.05).running() as load,
    ):
        for service in islice(in_turn, RESTART_COUNT):
            asked_before = len(load.outcomes)
            service.terminate()
            assert service.wait() == 0
            assert service.readiness_status() is None
            service.start()
            assert len(load.outcomes) > asked_before

    record_property("injected", RESTART_COUNT)
    record_property("requests", len(load.outcomes))
    record_property("lost", len(load.failures))
    assert load.failures == []


def test_a_stopping_service_is_unready_and_serves_until_drained(database, tmp_path):
    with closing(ServiceProcess(database, tmp_path, drain_ms=60_000)) as service:
        service.start()

        service.terminate()
        wait_for_result(lambda: service.readiness_status() == 503)
        assert "about to end" in urllib3.request("GET", f"{service.url}/ready").json()["detail"]
        assert urllib3.request("GET", f"{service.url}{REQUEST_PATH}").status == 200
        service.terminate()  # who says it again does not want to wait
        assert service.wait() == 0


def test_a_killed_worker_loses_only_its_own_requests(server, record_property):
    address, processes = server
    kills = []
    with LoadGenerator(address).running() as load:
        for number in range(1, WORKER_KILL_COUNT + 1):
            time.sleep(LOAD_DURATION_S)
            os.kill(processes.workers[-1], signal.SIGKILL)
            kills.append(time.monotonic())
            processes.wait_for_workers(2 + number)
        time.sleep(LOAD_DURATION_S)

    broken = load.failures
    of_others = [
        answer for answer in broken if not any(answer.started_at <= killed <= answer.ended_at for killed in kills)
    ]
    record_property("injected", WORKER_KILL_COUNT)
    record_property("requests", len(load.outcomes))
    record_property("its_own", len(broken))
    record_property("lost", len(of_others))
    assert {answer.status for answer in broken} <= {"ProtocolError"}
    assert of_others == []
    assert len(broken) <= CLIENT_COUNT * WORKER_KILL_COUNT
    assert load.outcomes[-1].status == 200
