"""A load that is killed at any moment leaves what was there before, and can simply be run again.

KILLS says how often loads are killed, 10 where that is not set: in turn the first release of a dataset and the second,
at a random moment of the whole command, of its transaction, or of the part of it that enters what was read.
"""

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from tests.ingest.conftest import HEADER, Loader
from tests.ingest.killing import HELD_BACK, IN_ITS_TRANSACTION, seen, starting, wait_for

KILLS = int(os.environ.get("KILLS", "10"))
ROWS = 240 * 12 * 2 * 2
PERIODS = 12 * 2

COPYING = "SELECT pid FROM pg_stat_progress_copy WHERE datname = current_database()"
COPIED = "SELECT FROM pg_locks WHERE pid = {} AND relation = 'observation'::regclass AND mode <> 'AccessShareLock'"


@pytest.fixture
def load(engine, tmp_path):
    """Return a loader, in whose folder lie files of 11,520 figures, of two days and all different."""
    load = Loader(engine, tmp_path)
    query = "SELECT code FROM area WHERE kind = 'country' ORDER BY code LIMIT 240"
    countries = [code for (code,) in seen(engine, query)]
    for release in (1, 2):
        lines = [
            f"2023-{month:02},{flow},{country},{good},{month + release}\n"
            for month in range(1, 13)
            for flow in ("export", "import")
            for country in countries
            for good in ("all", "fruit")
        ]
        assert len(lines) == ROWS
        load.write(HEADER + "".join(lines), name=file_of(release))
    return load


def file_of(release):
    return f"2024-02-{release:02}.csv"


def seen_by_readers(engine):
    """Return what of the newest dataset a reader sees: its code, releases, figures, superseded ones, periods.

    The dataset is found first and then asked about, as the service does: a statement over all of them that is planned
    before a partition is attached, and looks at the data after it, would see a release without figures.
    """
    counts = """
        SELECT (SELECT count(*) FROM release WHERE dataset_id = {0}),
               (SELECT count(*) FROM observation WHERE dataset_id = {0}),
               (SELECT count(*) FROM observation_history WHERE dataset_id = {0}),
               (SELECT count(*) FROM release_period WHERE dataset_id = {0})"""
    newest = seen(engine, "SELECT id, code FROM dataset ORDER BY id DESC LIMIT 1")
    return {code: tuple(seen(engine, counts.format(key))[0]) for key, code in newest}


def whole(releases):
    """Return what a reader sees of so many releases of which each changes every figure."""
    return releases, ROWS, ROWS * (releases - 1), PERIODS * releases


def phase_of(engine):
    """Return how far the one load that is running has come."""
    holding = seen(engine, IN_ITS_TRANSACTION)
    if not holding:
        return "outside of it"
    if seen(engine, COPYING):
        return "while its figures were copied"
    ((pid,),) = holding
    return "after its figures were copied" if seen(engine, COPIED.format(pid)) else "before its figures were copied"


def at_once(_engine, _process):
    """Wait for nothing."""


def in_its_transaction(engine, process):
    """Wait until a load has begun its transaction."""
    wait_for(engine, IN_ITS_TRANSACTION, process=process)


def about_to_enter(engine, process):
    """Wait until a load has read its file, and enters what it has read from then on."""
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE release IN SHARE MODE"))
        wait_for(engine, HELD_BACK, process=process)


FROM = (at_once, in_its_transaction, about_to_enter)


def kill(engine, process, *, since, after):
    """Kill a load some seconds `after` a moment that is waited for; return where it was.

    It is stopped first, so that it is killed where it was looked at.
    """
    since(engine, process)
    time.sleep(after)
    process.send_signal(signal.SIGSTOP)
    phase = phase_of(engine)
    process.send_signal(signal.SIGKILL)
    ended = process.wait() == 0
    wait_for(engine, IN_ITS_TRANSACTION, there=False)
    return "when it had ended" if ended else phase


def time_left(engine, process, *, since):
    """Return how long a load goes on after a moment that is waited for, in seconds."""
    since(engine, process)
    began = time.monotonic()
    assert process.wait() == 0
    return time.monotonic() - began


@contextmanager
def watched(engine):
    """Yield the states of each dataset that a reader has seen, while a thread goes on looking."""
    observed, done = defaultdict(set), threading.Event()

    def watch():
        while not done.wait(0.01):
            for code, state in seen_by_readers(engine).items():
                observed[code].add(state)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield observed
    finally:
        done.set()
        watcher.join()


def test_readers_see_all_of_a_release_or_none_whenever_its_load_is_killed(engine, load, capsys, record_property):
    start = starting(engine, load.folder)
    assert start(file_of(1), "--dataset", "first").wait() == 0
    longest = [time_left(engine, start(file_of(1), "--dataset", since.__name__), since=since) for since in FROM]
    phases = Counter()
    with watched(engine) as observed:
        for number in range(KILLS):
            dataset, release, turn = f"killed-{number // 2}", number % 2 + 1, number % len(FROM)
            # The first of each kind is killed at once, so that some are inside however slow the machine is.
            moment = random.uniform(0, longest[turn]) if number >= len(FROM) else 0  # noqa: S311 - no secret
            process = start(file_of(release), "--dataset", dataset)
            phases[kill(engine, process, since=FROM[turn], after=moment)] += 1
            load.files([load.folder / file_of(release)], dataset=dataset)
            assert seen_by_readers(engine) == {dataset: whole(release)}

    inside = sum(times for phase, times in phases.items() if phase.endswith("copied"))
    told = ", ".join(f"{times} {phase}" for phase, times in sorted(phases.items()))
    with capsys.disabled():
        print(f"\n{KILLS} loads killed, {inside} of them inside their transaction: {told}")
    states = {state for of_dataset in observed.values() for state in of_dataset}
    record_property("injected", inside)
    record_property("lost", len(states - {whole(1), whole(2)}))
    assert inside >= KILLS // 5 > 0
    assert states == {whole(1), whole(2)}
