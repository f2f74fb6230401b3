"""A database that is killed, frozen, cut off or busy: the service says so in time, and comes back by itself.

How often each happens is 1 or 2 where RESTARTS and FREEZES are not set.
"""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import psycopg
import pytest

from service.db.connection.read_pool import MAX_IDLE_S
from service.db.embedded.server import ensure_running
from tests.resilience.conftest import POOL_SIZE, SERVICE_SETTINGS, SERVICE_THREADS, ServiceClient
from tests.support.faults.blackhole_proxy import run_blackhole_proxy
from tests.support.faults.database_faults import (
    backend_pids,
    connect,
    kill_server,
    lock_data_version,
    lock_observations,
    postmaster_pid,
    suspend_processes,
    wait_for_result,
    wait_until_available,
)
from tests.support.faults.load_generator import LoadGenerator
from tests.support.server import run_server

pytestmark = [pytest.mark.process, pytest.mark.account]

RESTART_COUNT = int(os.environ.get("RESTARTS", "2"))
FREEZE_COUNT = int(os.environ.get("FREEZES", "1"))
CONCURRENT_REQUESTS = 8
REFUSED_REQUESTS = CONCURRENT_REQUESTS - POOL_SIZE


def test_a_killed_database_is_503_with_retry_after_until_restart(service, home, record_duration, record_property):
    with LoadGenerator(service.url).running() as load:
        for _ in range(RESTART_COUNT):
            kill_server(home)
            away, alive = service.get(), service.get("/live")
            ensure_running(home, is_durable=False)
            with record_duration():
                again = wait_until_available(service)

            assert (away.status, away.headers["Retry-After"], alive.status) == (503, "2", 200)
            assert away.json()["type"] == "/problems/unavailable"
            assert again.json()["data"][0]["yoy_pct"] == 50.0

    record_property("injected", RESTART_COUNT)
    record_property("requests", len(load.outcomes))
    record_property("lost", len(load.lost))
    assert load.lost == []


def test_a_suspended_active_backend_is_504(service, database, record_duration, record_property):
    record_property("injected", FREEZE_COUNT)
    for _ in range(FREEZE_COUNT):
        with ThreadPoolExecutor(1) as threads, ExitStack() as frozen_meanwhile, record_duration():
            with lock_data_version(database):
                asked = threads.submit(service.get)
                working = wait_for_result(lambda: backend_pids(database, state="active"))
                frozen_meanwhile.enter_context(suspend_processes(working))
            answer = asked.result()

        assert (answer.status, answer.json()["type"]) == (504, "/problems/timeout")
        assert service.get().status == 200


def test_a_suspended_idle_backend_is_replaced(service, database, record_duration, record_property):
    record_property("injected", FREEZE_COUNT)
    for _ in range(FREEZE_COUNT):
        time.sleep(2 * MAX_IDLE_S)
        with suspend_processes(backend_pids(database, state="idle")), record_duration():
            answer = service.get()

        assert answer.status == 200


def test_a_statement_timeout_is_504(service, database):
    with lock_data_version(database):
        answer = service.get()

    assert (answer.status, answer.json()["type"]) == (504, "/problems/timeout")


def test_requests_beyond_the_connections_are_rejected(service, database, record_property):
    with lock_observations(database):
        responses = service.get_concurrently(CONCURRENT_REQUESTS)
        alive, metrics = service.get("/live"), service.get("/metrics").data.decode()

    refused = [response for response, _ in responses if response.status == 503]
    record_property("injected", CONCURRENT_REQUESTS)
    record_property("longest_s", max(seconds for response, seconds in responses if response.status == 503))
    assert sorted(response.status for response, _ in responses) == [503] * REFUSED_REQUESTS + [504] * POOL_SIZE
    assert {(response.headers["Retry-After"], response.json()["type"]) for response in refused} == {
        ("2", "/problems/overloaded")
    }
    assert f"tradeflows_requests_rejected_total {REFUSED_REQUESTS}.0" in metrics
    assert alive.status == 200


def test_a_suspended_postmaster_does_not_affect_open_connections(service, home, record_property):
    record_property("injected", FREEZE_COUNT)
    for _ in range(FREEZE_COUNT):
        with suspend_processes([postmaster_pid(home)]):
            assert service.get().status == 200


def test_a_suspended_postmaster_without_connections_is_503(service, home, database, record_duration, record_property):
    record_property("injected", FREEZE_COUNT)
    for _ in range(FREEZE_COUNT):
        there = backend_pids(database, state="idle")
        with suspend_processes([postmaster_pid(home)]):
            for number in there:
                os.kill(number, signal.SIGTERM)
            with record_duration():
                answer = service.get()
            alive = service.get("/live")

        assert (answer.status, answer.headers["Retry-After"], alive.status) == (503, "2", 200)
        assert wait_until_available(service)


def test_a_network_failure_is_503_or_504_until_recovery(database, tmp_path, record_duration, record_property):
    socket = f"{database.query['host']}/.s.PGSQL.{database.query['port']}"
    with run_blackhole_proxy(socket) as proxy:
        cut_off = database.set(host="127.0.0.1", port=proxy.port, query={})
        with run_server(
            cut_off, log_file=tmp_path / "log", gunicorn_options=[f"--threads={SERVICE_THREADS}"], **SERVICE_SETTINGS
        ) as address:
            service = ServiceClient(address)
            for _ in range(FREEZE_COUNT):
                assert wait_until_available(service)
                proxy.drop_traffic()
                with record_duration():
                    answer = service.get()
                assert answer.status in {503, 504}
                assert service.get("/live").status == 200
                proxy.forward_traffic()
            assert wait_until_available(service)
    record_property("injected", FREEZE_COUNT)


def test_exhausted_server_connections_are_503_until_released(service, database, record_property):
    for number in backend_pids(database, state="idle"):
        os.kill(number, signal.SIGTERM)
    with ExitStack() as others:
        taken = _exhaust_connections(others, database)
        answer, alive = service.get(), service.get("/live")
    record_property("injected", taken)

    assert (answer.status, answer.headers["Retry-After"], alive.status) == (503, "2", 200)
    assert answer.json()["type"] == "/problems/unavailable"
    assert wait_until_available(service)


def _exhaust_connections(others, database):
    """Open connections until the server has none to give, and return how many those are."""
    taken = 0
    with suppress(psycopg.OperationalError):
        while True:
            others.enter_context(connect(database))
            taken += 1
    return taken
