"""A load that is killed at any moment leaves the data unchanged, and can be repeated.

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

from tests.ingest.conftest import CSV_HEADER, TidyFileLoader
from tests.support.faults.fault_injection import (
    SELECT_BLOCKED_PID,
    SELECT_LOADING_PID,
    load_starter,
    query_rows,
    wait_for_rows,
)

pytestmark = pytest.mark.process

KILL_COUNT = int(os.environ.get("KILLS", "10"))
RELEASE_ROWS = 240 * 12 * 2 * 2
RELEASE_PERIODS = 12 * 2

SELECT_COPYING_PID = "SELECT pid FROM pg_stat_progress_copy WHERE datname = current_database()"
SELECT_WRITE_LOCK = (
    "SELECT FROM pg_locks WHERE pid = {} AND relation = 'observation'::regclass AND mode <> 'AccessShareLock'"
)


@pytest.fixture
def load(engine, tmp_path):
    """Return a loader, in whose folder lie files of 11,520 figures, of two days and all different."""
    load = TidyFileLoader(engine, tmp_path)
    query = "SELECT code FROM area WHERE kind = 'country' ORDER BY code LIMIT 240"
    countries = [code for (code,) in query_rows(engine, query)]
    for release in (1, 2):
        lines = [
            f"2023-{month:02},{flow},{country},{good},{month + release}\n"
            for month in range(1, 13)
            for flow in ("export", "import")
            for country in countries
            for good in ("all", "fruit")
        ]
        assert len(lines) == RELEASE_ROWS
        load.write(CSV_HEADER + "".join(lines), name=release_file_name(release))
    return load


def release_file_name(release):
    return f"2024-02-{release:02}.csv"


def visible_state(engine):
    """Return what of the newest dataset a reader sees: its code, releases, figures, superseded ones, periods.

    The dataset is found first and then asked about, as the service does: a statement over all of them that is planned
    before a partition is attached, and looks at the data after it, would see a release without figures.
    """
    counts = """
        SELECT (SELECT count(*) FROM release WHERE dataset_id = {0}),
               (SELECT count(*) FROM observation WHERE dataset_id = {0}),
               (SELECT count(*) FROM observation_history WHERE dataset_id = {0}),
               (SELECT count(*) FROM release_period WHERE dataset_id = {0})"""
    newest = query_rows(engine, "SELECT id, code FROM dataset ORDER BY id DESC LIMIT 1")
    return {code: tuple(query_rows(engine, counts.format(key))[0]) for key, code in newest}


def complete_state(releases):
    """Return what a reader sees of so many releases of which each changes every figure."""
    return releases, RELEASE_ROWS, RELEASE_ROWS * (releases - 1), RELEASE_PERIODS * releases


def load_phase(engine):
    """Return how far the one load that is running has come."""
    holding = query_rows(engine, SELECT_LOADING_PID)
    if not holding:
        return "outside of it"
    if query_rows(engine, SELECT_COPYING_PID):
        return "while its figures were copied"
    ((pid,),) = holding
    return (
        "after its figures were copied"
        if query_rows(engine, SELECT_WRITE_LOCK.format(pid))
        else "before its figures were copied"
    )


def wait_for_nothing(_engine, _process):
    """Wait for nothing."""


def wait_for_transaction(engine, process):
    """Wait until a load has begun its transaction."""
    wait_for_rows(engine, SELECT_LOADING_PID, process=process)


def wait_for_publication(engine, process):
    """Wait until a load has read its file, and enters what it has read from then on."""
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE release IN SHARE MODE"))
        wait_for_rows(engine, SELECT_BLOCKED_PID, process=process)


WAIT_FUNCTIONS = (wait_for_nothing, wait_for_transaction, wait_for_publication)


def kill_load(engine, process, *, wait, delay_s):
    """Kill a load some seconds `after` a moment that is waited for; return where it was.

    It is stopped first, so that it is killed where it was looked at.
    """
    wait(engine, process)
    time.sleep(delay_s)
    process.send_signal(signal.SIGSTOP)
    phase = load_phase(engine)
    process.send_signal(signal.SIGKILL)
    ended = process.wait() == 0
    wait_for_rows(engine, SELECT_LOADING_PID, expect_rows=False)
    return "when it had ended" if ended else phase


def measure_remaining_time(engine, process, *, wait):
    """Return how long a load goes on after a moment that is waited for, in seconds."""
    wait(engine, process)
    began = time.monotonic()
    assert process.wait() == 0
    return time.monotonic() - began


@contextmanager
def observe_states(engine):
    """Yield the states of each dataset that a reader has seen, while a thread goes on looking."""
    observed, done = defaultdict(set), threading.Event()

    def watch():
        while not done.wait(0.01):
            for code, state in visible_state(engine).items():
                observed[code].add(state)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield observed
    finally:
        done.set()
        watcher.join()


def test_a_killed_load_publishes_all_or_nothing(engine, load, capsys, record_property):
    start = load_starter(engine, load.folder)
    assert start(release_file_name(1), "--dataset", "first").wait() == 0
    longest = [
        measure_remaining_time(
            engine, start(release_file_name(1), "--dataset", since.__name__.replace("_", "-")), wait=since
        )
        for since in WAIT_FUNCTIONS
    ]
    phases = Counter()
    with observe_states(engine) as observed:
        for number in range(KILL_COUNT):
            dataset, release, turn = f"killed-{number // 2}", number % 2 + 1, number % len(WAIT_FUNCTIONS)
            # The first of each kind is killed at once, so that some are inside however slow the machine is.
            moment = random.uniform(0, longest[turn]) if number >= len(WAIT_FUNCTIONS) else 0  # noqa: S311 - no secret
            process = start(release_file_name(release), "--dataset", dataset)
            phases[kill_load(engine, process, wait=WAIT_FUNCTIONS[turn], delay_s=moment)] += 1
            load.load_files([load.folder / release_file_name(release)], dataset_code=dataset)
            assert visible_state(engine) == {dataset: complete_state(release)}

    inside = sum(times for phase, times in phases.items() if phase.endswith("copied"))
    told = ", ".join(f"{times} {phase}" for phase, times in sorted(phases.items()))
    with capsys.disabled():
        print(f"\n{KILL_COUNT} loads killed, {inside} of them inside their transaction: {told}")
    states = {state for of_dataset in observed.values() for state in of_dataset}
    record_property("injected", inside)
    record_property("lost", len(states - {complete_state(1), complete_state(2)}))
    assert inside >= KILL_COUNT // 5 > 0
    assert states == {complete_state(1), complete_state(2)}
