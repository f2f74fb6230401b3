"""Standbys answer, the primary is loaded into, and no client ever sees data older than those it has seen."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.db.embedded.process import find_postmaster, wait_until
from service.db.replicas.urls import host_label
from service.models import Base
from tests.distributed.conftest import REQUEST_PATH, pause_replay
from tests.support.faults.database_faults import suspend_processes
from tests.support.metrics import parse_samples

pytestmark = pytest.mark.process

TIMEOUT_S = 20
"""How long a test waits for what has to happen soon; a bound for hanging, not a measure."""
CLIENT_COUNT = 4


REPLICA_UP_METRIC, REPLICA_LAG_METRIC = "tradeflows_replica_up", "tradeflows_replica_lag_versions"


def metric_by_server(client, name):
    """Return a metric of the servers by the folder of their sockets."""
    found = parse_samples(client.get("/metrics").data.decode())
    return {labels[0]: value for (metric, *labels), value in found.items() if metric == name}


def queried_tables(server, *, first_line=0):
    """Return the tables that the service asked a server for, as its log tells from its line `since` on."""
    lines = server.data_directory.log_file.read_text().splitlines()[first_line:]
    asked = [line for line in lines if "LOG:  execute" in line or "LOG:  statement" in line]
    return {table for table in Base.metadata.tables for line in asked if re.search(rf"\b{table}\b", line)}


def server_processes(server):
    """Return the numbers of all processes of a server."""
    postmaster = find_postmaster(server.data_directory).pid
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


class ContinuousReaders:
    """Clients that ask without a pause and keep, each for itself, what they see."""

    def __init__(self, client):
        self._client, self._stop_requested = client, threading.Event()

    @contextmanager
    def running(self):
        with ThreadPoolExecutor(CLIENT_COUNT) as threads:
            self._pending_results = [threads.submit(self._read_continuously) for _ in range(CLIENT_COUNT)]
            try:
                yield
            finally:
                self._stop_requested.set()

    @property
    def results(self):
        return [each.result() for each in self._pending_results]

    def _read_continuously(self):
        seen = []
        while not self._stop_requested.is_set():
            seen.append(self._client.fetch_version_and_value())
        return seen


def test_a_standby_serves_reads_and_the_primary_only_the_data_version(service, replica_pair):
    version, value = service.fetch_version_and_value()

    assert (version, value) == (replica_pair.primary.query_value("SELECT version FROM data_version"), 100)
    assert queried_tables(replica_pair.standby) >= {"area", "release", "data_version"}
    assert queried_tables(replica_pair.primary) == {"data_version"}


def test_a_load_is_visible_immediately_despite_replica_lag(service, replica_pair):
    before, _ = service.fetch_version_and_value()
    with pause_replay(replica_pair):
        replica_pair.publish({"2024": 101}, published="2024-03-01")
        seen = [service.fetch_version_and_value() for _ in range(10)]

    assert seen == [(before + 1, 101)] * 10


def test_reads_are_monotonic_during_loads(service, replica_pair):
    before, _ = service.fetch_version_and_value()
    watching = ContinuousReaders(service)
    with watching.running():
        for number in range(1, 4):
            with pause_replay(replica_pair):
                replica_pair.publish({"2024": 200 + number}, published=f"2024-04-{number:02}")
                assert service.fetch_version_and_value() == (before + number, 200 + number)

    assert service.fetch_version_and_value() == (before + 3, 203)
    for seen in watching.results:
        assert seen == sorted(seen)
        assert set(seen) - {(before + number, 200 + number) for number in range(1, 4)} <= {seen[0]}


def test_an_unknown_data_version_is_rejected_with_the_newest(service):
    version, _ = service.fetch_version_and_value()

    answer = service.get(**{"Data-Version": str(version + 1)})

    assert (answer.status, answer.json()["errors"][0]["suggestions"]) == (422, [str(version)])


def test_the_service_works_without_a_killed_standby(service, replica_pair):
    before = service.fetch_version_and_value()
    replica_pair.standby.stop()
    meanwhile = [service.fetch_version_and_value(f"{REQUEST_PATH}&limit={limit}") for limit in range(1, 11)]
    replica_pair.standby.start()

    assert meanwhile == [before] * 10


def test_reads_are_monotonic_across_a_primary_failover(disposable_pair):
    (replica_pair, service), figure = disposable_pair, {"2024": 301}
    old, _ = service.fetch_version_and_value()
    with pause_replay(replica_pair):
        replica_pair.publish(figure, published="2024-05-01")
        new, value = service.fetch_version_and_value()
        sent = replica_pair.primary.query_value("SELECT pg_current_wal_flush_lsn()")
        assert wait_until(
            TIMEOUT_S, lambda: replica_pair.standby.query_value("SELECT pg_last_wal_receive_lsn() >= %s", sent)
        )
        replica_pair.primary.stop()
        refused = service.get(**{"Data-Version": str(new)})
    assert wait_until(TIMEOUT_S, lambda: replica_pair.standby.query_value("SELECT version FROM data_version") == new)
    without_primary = [service.fetch_version_and_value(**{"Data-Version": str(new)}) for _ in range(10)]
    ready = service.get("/ready").json()
    replica_pair.standby.promote()
    replica_pair.publish({"2024": 302}, published="2024-05-02")

    assert (old + 1, value) == (new, 301)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert without_primary == [(new, 301)] * 10
    assert ready["notes"] == ["The primary is away: nothing can be loaded; promote a standby."]
    assert wait_until(TIMEOUT_S, lambda: service.fetch_version_and_value() == (new + 1, 302))


def test_the_most_current_standby_serves_reads(second_standby, replica_pair):
    other, service = second_standby
    before, _ = service.fetch_version_and_value()
    with pause_replay(replica_pair):
        replica_pair.publish({"2024": 401}, published="2024-06-01")
        other.wait_for_replay(replica_pair.primary)
        asked_before = len(replica_pair.primary.data_directory.log_file.read_text().splitlines())
        seen = [service.fetch_version_and_value(f"{REQUEST_PATH}&limit={limit}") for limit in range(1, 11)]
        asked_of_primary = queried_tables(replica_pair.primary, first_line=asked_before)
        lag = metric_by_server(service, REPLICA_LAG_METRIC)

    assert seen == [(before + 1, 401)] * 10
    assert asked_of_primary == {"data_version"}
    assert lag == {
        host_label(replica_pair.url): 0,
        str(replica_pair.standby.socket_folder): 1,
        str(other.socket_folder): 0,
    }


def test_a_killed_standby_is_bypassed_and_reported(second_standby, replica_pair):
    other, service = second_standby
    before = service.fetch_version_and_value()
    other.stop()
    meanwhile = [service.fetch_version_and_value(f"{REQUEST_PATH}&limit={limit}") for limit in range(1, 11)]

    assert meanwhile == [before] * 10
    assert metric_by_server(service, REPLICA_UP_METRIC) == {
        host_label(replica_pair.url): 1,
        str(replica_pair.standby.socket_folder): 1,
        str(other.socket_folder): 0,
    }


def test_standbys_serve_reads_while_the_primary_is_suspended(service, replica_pair):
    before = service.fetch_version_and_value()
    with suspend_processes(server_processes(replica_pair.primary)):
        meanwhile = [service.get(f"{REQUEST_PATH}&limit={limit}") for limit in range(1, 11)]
        ready = service.get("/ready").json()

    assert [(answer.status, int(answer.headers["Data-Version"])) for answer in meanwhile] == [(200, before[0])] * 10
    assert ready["notes"] == ["The primary is away: nothing can be loaded; promote a standby."]
    assert wait_until(
        TIMEOUT_S, lambda: metric_by_server(service, REPLICA_UP_METRIC)[host_label(replica_pair.url)] == 1
    )
