"""A load that is killed at any moment leaves what was there before, and can simply be run again.

KILLS says how often it is killed, 10 where that is not set.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.ingest.conftest import GOODS, HEADER, MAPPING

COMMAND = Path(sys.executable).parent / "tradeflows"
KILLS = int(os.environ.get("KILLS", "10"))
ROWS = 240 * 12 * 2 * 2
WHOLE = (1, ROWS, 24)
BUSY = 75


@pytest.fixture
def start(engine, tmp_path):
    """Return a function that starts a load of 11,520 figures in a process of its own."""
    countries = [
        row[0] for row in _query(engine, "SELECT code FROM area WHERE kind = 'country' ORDER BY code LIMIT 240")
    ]
    lines = [
        f"2023-{month:02},{flow},{country},{good},{month}\n"
        for month in range(1, 13)
        for flow in ("export", "import")
        for country in countries
        for good in ("all", "fruit")
    ]
    assert len(lines) == ROWS
    (tmp_path / "goods.csv").write_text(GOODS)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "2024-02-28.csv").write_text(HEADER + "".join(lines))
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(tmp_path / "home"),
    }
    command = [COMMAND, "load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml", "--dataset"]
    return lambda dataset, *options: subprocess.Popen(
        [*command, dataset, *options], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    )


def _query(engine, query):
    with engine.connect() as connection:
        return connection.execute(text(query)).all()


def _seen(engine):
    """Return what of each dataset a reader sees: releases, figures, periods.

    The datasets are found first and then asked about one by one, as the service does: a statement over all of them
    that is planned before a partition is attached, and looks at the data after it, would see a release without figures.
    """
    counts = """
        SELECT (SELECT count(*) FROM release WHERE dataset_id = {0}),
               (SELECT count(*) FROM observation WHERE dataset_id = {0}),
               (SELECT count(*) FROM release_period WHERE dataset_id = {0})"""
    return [
        (code, *_query(engine, counts.format(key))[0]) for key, code in _query(engine, "SELECT id, code FROM dataset")
    ]


def _run_to_the_end(start, dataset):
    """Run a load again until the one that was killed no longer holds the dataset."""
    end = time.monotonic() + 30
    while (status := start(dataset).wait()) == BUSY:
        assert time.monotonic() < end
    assert status == 0


def test_readers_see_all_of_a_release_or_none_whenever_its_load_is_killed(engine, start, record_property):
    began = time.monotonic()
    assert start("timed", "--dry-run").wait() == 0
    whole_load = time.monotonic() - began
    seen, done = set(), threading.Event()

    def watch():
        while not done.wait(0.01):
            seen.update(tuple(row[1:]) for row in _seen(engine))

    watcher = threading.Thread(target=watch)
    watcher.start()
    killed_early = 0
    try:
        for number in range(KILLS):
            process = start(f"killed-{number}")
            time.sleep(random.uniform(0, whole_load))  # noqa: S311 - no secret depends on it
            process.send_signal(signal.SIGKILL)
            killed_early += process.wait() != 0
            _run_to_the_end(start, f"killed-{number}")
    finally:
        done.set()
        watcher.join()

    record_property("injected", killed_early)
    record_property("lost", len(seen - {WHOLE}))
    assert killed_early > 0
    assert seen == {WHOLE}
    assert {tuple(row) for row in _seen(engine)} == {(f"killed-{number}", *WHOLE) for number in range(KILLS)}
