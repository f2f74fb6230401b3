"""Standbys answer, the primary is loaded into, and no client ever sees data older than those it has seen."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from service.db.embedded.process import running_postmaster, within
from service.db.replicas.urls import place_of
from service.models import Base
from tests.beyond.conftest import QUESTION
from tests.faults.made import frozen
from tests.metrics import samples

SECONDS = 20
"""How long a test waits for what has to happen soon; a bound for hanging, not a measure."""
CLIENTS = 4


AVAILABLE, BEHIND = "tradeflows_server_available", "tradeflows_server_versions_behind"


def told(client, name):
    """Return a metric of the servers by the folder of their sockets."""
    found = samples(client.ask("/metrics").data.decode())
    return {labels[0]: value for (metric, *labels), value in found.items() if metric == name}


def tables_asked_of(server, *, since=0):
    """Return the tables that the service asked a server for, as its log tells from its line `since` on."""
    lines = server.place.log.read_text().splitlines()[since:]
    asked = [line for line in lines if "LOG:  execute" in line or "LOG:  statement" in line]
    return {table for table in Base.metadata.tables for line in asked if re.search(rf"\b{table}\b", line)}


@contextmanager
def behind(pair):
    """Let the standby get what the primary writes, and not see it.

    It has all from before: paused within a load, it would hold the locks of that, and who reads would wait.
    """
    standby = pair.standby
    standby.has_all_of(pair.primary)
    standby.ask("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")


def processes_of(server):
    """Return the numbers of all processes of a server."""
    postmaster = running_postmaster(server.place).number
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


class Watching:
    """Clients that ask without a pause and keep, each for itself, what they see."""

    def __init__(self, client):
        self._client, self._ended = client, threading.Event()

    @contextmanager
    def running(self):
        with ThreadPoolExecutor(CLIENTS) as threads:
            self._seen = [threads.submit(self._watch) for _ in range(CLIENTS)]
            try:
                yield
            finally:
                self._ended.set()

    @property
    def seen(self):
        return [each.result() for each in self._seen]

    def _watch(self):
        seen = []
        while not self._ended.is_set():
            seen.append(self._client.seen())
        return seen


def test_a_standby_answers_and_the_primary_is_asked_only_what_is_newest(service, pair):
    version, value = service.seen()

    assert (version, value) == (pair.primary.ask("SELECT version FROM data_version"), 100)
    assert tables_asked_of(pair.standby) >= {"area", "release", "data_version"}
    assert tables_asked_of(pair.primary) == {"data_version"}


def test_a_load_is_seen_at_once_although_the_standby_is_behind(service, pair):
    before, _ = service.seen()
    with behind(pair):
        pair.publish({"2024": 101}, published="2024-03-01")
        seen = [service.seen() for _ in range(10)]

    assert seen == [(before + 1, 101)] * 10


def test_no_client_goes_back_in_time_while_figures_are_loaded(service, pair):
    before, _ = service.seen()
    watching = Watching(service)
    with watching.running():
        for number in range(1, 4):
            with behind(pair):
                pair.publish({"2024": 200 + number}, published=f"2024-04-{number:02}")
                assert service.seen() == (before + number, 200 + number)

    assert service.seen() == (before + 3, 203)
    for seen in watching.seen:
        assert seen == sorted(seen)
        assert set(seen) - {(before + number, 200 + number) for number in range(1, 4)} <= {seen[0]}


def test_a_version_that_there_is_not_is_refused_with_the_newest(service):
    version, _ = service.seen()

    answer = service.ask(**{"Data-Version": str(version + 1)})

    assert (answer.status, answer.json()["errors"][0]["suggestions"]) == (422, [str(version)])


def test_a_standby_that_is_killed_is_done_without(service, pair):
    before = service.seen()
    pair.standby.stop()
    meanwhile = [service.seen(f"{QUESTION}&limit={limit}") for limit in range(1, 11)]
    pair.standby.start()

    assert meanwhile == [before] * 10


def test_a_primary_that_is_killed_is_replaced_and_nobody_goes_back_in_time(mortal_pair):
    (pair, service), figure = mortal_pair, {"2024": 301}
    old, _ = service.seen()
    with behind(pair):
        pair.publish(figure, published="2024-05-01")
        new, value = service.seen()
        sent = pair.primary.ask("SELECT pg_current_wal_flush_lsn()")
        assert within(SECONDS, lambda: pair.standby.ask("SELECT pg_last_wal_receive_lsn() >= %s", sent))
        pair.primary.stop()
        refused = service.ask(**{"Data-Version": str(new)})
    assert within(SECONDS, lambda: pair.standby.ask("SELECT version FROM data_version") == new)
    without_primary = [service.seen(**{"Data-Version": str(new)}) for _ in range(10)]
    ready = service.ask("/ready").json()
    pair.standby.promote()
    pair.publish({"2024": 302}, published="2024-05-02")

    assert (old + 1, value) == (new, 301)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert without_primary == [(new, 301)] * 10
    assert ready["notes"] == ["The primary is away: nothing can be loaded; promote a standby."]
    assert within(SECONDS, lambda: service.seen() == (new + 1, 302))


def test_of_two_standbys_that_which_has_the_newest_answers(another, pair):
    other, service = another
    before, _ = service.seen()
    with behind(pair):
        pair.publish({"2024": 401}, published="2024-06-01")
        other.has_all_of(pair.primary)
        asked_before = len(pair.primary.place.log.read_text().splitlines())
        seen = [service.seen(f"{QUESTION}&limit={limit}") for limit in range(1, 11)]
        asked_of_primary = tables_asked_of(pair.primary, since=asked_before)
        lag = told(service, BEHIND)

    assert seen == [(before + 1, 401)] * 10
    assert asked_of_primary == {"data_version"}
    assert lag == {place_of(pair.url): 0, str(pair.standby.socket): 1, str(other.socket): 0}


def test_of_two_standbys_one_that_is_killed_is_done_without_and_told(another, pair):
    other, service = another
    before = service.seen()
    other.stop()
    meanwhile = [service.seen(f"{QUESTION}&limit={limit}") for limit in range(1, 11)]

    assert meanwhile == [before] * 10
    assert told(service, AVAILABLE) == {place_of(pair.url): 1, str(pair.standby.socket): 1, str(other.socket): 0}


def test_while_the_primary_is_frozen_standbys_answer_what_was_seen(service, pair):
    before = service.seen()
    with frozen(processes_of(pair.primary)):
        meanwhile = [service.ask(f"{QUESTION}&limit={limit}") for limit in range(1, 11)]
        ready = service.ask("/ready").json()

    assert [(answer.status, int(answer.headers["Data-Version"])) for answer in meanwhile] == [(200, before[0])] * 10
    assert ready["notes"] == ["The primary is away: nothing can be loaded; promote a standby."]
    assert within(SECONDS, lambda: told(service, AVAILABLE)[place_of(pair.url)] == 1)
