"""Loads and withdrawals at one time: one waits or leaves with 75, and nothing is half done; so when a disk is full."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from service.ingest.release.publish import in_one_transaction
from tests.ingest.conftest import GOODS, HEADER, MAPPING

COMMAND = Path(sys.executable).parent / "tradeflows"
BUSY, UNAVAILABLE = 75, 69
PATIENCE_S = 60


@pytest.fixture
def start(engine, tmp_path):
    """Yield a function that starts the command in a process of its own, in a folder with files to load."""
    (tmp_path / "goods.csv").write_text(GOODS)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "2024-02-28.csv").write_text(HEADER + "2024-01,export,CHN,all,125\n")
    (tmp_path / "2024-03-28.csv").write_text(HEADER + "2024-01,export,CHN,all,126\n")

    def start(*arguments, **environment):
        own = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "TRADEFLOWS_HOME": str(tmp_path / "home"),
        } | environment
        started.append(
            subprocess.Popen([COMMAND, *arguments], cwd=tmp_path, env=own, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    started: list[subprocess.Popen[str]] = []
    yield start
    for process in started:
        with process:
            process.kill()


def loading(start, file="2024-02-28.csv", **options):
    named = [part for name, value in options.items() for part in (f"--{name}", value)]
    return start("load", "tidy", file, "--mapping", "mapping.toml", *named)


@contextmanager
def held_back(engine):
    """Hold loads and withdrawals back in the midst of their work, right before they enter what they publish."""
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE release, release_period IN SHARE MODE"))
        yield lambda number: _wait_for(connection, number)


def _wait_for(connection, number):
    """Wait until so many are held back."""
    end = time.monotonic() + PATIENCE_S
    query = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'release'::regclass")
    while connection.scalar(query) < number:
        assert time.monotonic() < end
        time.sleep(0.02)


def outcome(process):
    """Return the status and what was said."""
    said = process.communicate(timeout=PATIENCE_S)[1]
    return process.returncode, said


def releases(engine):
    with engine.connect() as connection:
        query = "SELECT dataset.code, published_on::text, rows FROM release JOIN dataset ON dataset.id = dataset_id"
        return [tuple(row) for row in connection.execute(text(f"{query} ORDER BY 1, 2"))]


@pytest.mark.parametrize("known", [True, False], ids=["a dataset that is there", "a dataset that is new"])
def test_of_two_loads_of_one_dataset_the_second_leaves_with_75(engine, start, known):
    if known:
        outcome(loading(start))
    with held_back(engine) as wait_for:
        first = loading(start, "2024-03-28.csv")
        wait_for(1)
        status, said = outcome(loading(start, "2024-02-28.csv", published="2024-04-01"))
    assert (status, said) == (
        BUSY,
        "tradeflows: another load or withdrawal of jpn-test is running; try again when it is done\n",
    )
    assert outcome(first)[0] == 0
    assert ("jpn-test", "2024-03-28", 1) in releases(engine)


def test_of_two_loads_of_one_file_one_leaves_with_75_and_finds_nothing_new_when_run_again(engine, start):
    with held_back(engine) as wait_for:
        first = loading(start)
        wait_for(1)
        assert outcome(loading(start))[0] == BUSY

    assert outcome(first) == (0, "2024-02-28.csv: jpn-test-2024-02-28, 1 figures\n")
    assert outcome(loading(start)) == (0, "2024-02-28.csv: nothing new\n")


def test_loads_of_two_new_datasets_with_the_same_new_goods_both_succeed(engine, start):
    with held_back(engine) as wait_for:
        first = loading(start, dataset="first")
        wait_for(1)
        second = loading(start, dataset="second")
        time.sleep(1)  # so that it has come to where it waits for the first
        assert second.poll() is None

    assert (outcome(first)[0], outcome(second)[0]) == (0, 0)
    assert releases(engine) == [("first", "2024-02-28", 1), ("second", "2024-02-28", 1)]


def test_loads_of_two_datasets_that_are_there_do_not_wait_for_each_other(engine, start):
    for dataset in ("first", "second"):
        outcome(loading(start, dataset=dataset))
    with held_back(engine) as wait_for:
        both = [loading(start, "2024-03-28.csv", dataset=dataset) for dataset in ("first", "second")]
        wait_for(2)

    assert [outcome(each)[0] for each in both] == [0, 0]
    assert len(releases(engine)) == 4


def test_a_load_during_a_withdrawal_and_a_withdrawal_during_a_load_leave_with_75(engine, start):
    outcome(loading(start))
    withdrawing = ("releases", "withdraw", "jpn-test-2024-02-28", "--on", "2024-03-01")
    with held_back(engine) as wait_for:
        first = loading(start, "2024-03-28.csv")
        wait_for(1)
        assert outcome(start(*withdrawing))[0] == BUSY
    assert outcome(first)[0] == 0

    with held_back(engine) as wait_for:
        first = start(*withdrawing)
        wait_for(1)
        assert outcome(loading(start, "2024-03-28.csv", published="2024-04-01"))[0] == BUSY
    assert outcome(first)[0] == 0


def test_a_database_that_goes_away_in_the_midst_of_a_load_ends_it_with_69(engine, start):
    with held_back(engine) as wait_for:
        load = loading(start)
        wait_for(1)
        with in_one_transaction(engine) as session:
            held = "WHERE NOT granted AND relation = 'release'::regclass"
            session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_locks {held}"))
            session.commit()
        status, said = outcome(load)

    assert (status, said.startswith("tradeflows: the database cannot go on: ")) == (UNAVAILABLE, True)
    assert releases(engine) == []


@pytest.mark.parametrize("full", ["TRADEFLOWS_HOME", "TMPDIR"], ids=["of the archive", "of figures on their way"])
def test_a_full_disk_ends_a_load_with_69_and_nothing_half_kept(engine, start, tmp_path, small_disk, full):
    disk = small_disk("16k")
    rows = "".join(f"{1990 + n // 12}-{n % 12 + 1:02},export,CHN,all,{n}\n" for n in range(300))
    countries = rows + "".join(rows.replace("CHN", code) for code in ("USA", "DEU", "FRA", "ITA", "KOR", "GBR", "VNM"))
    (tmp_path / "2024-02-28.csv").write_text(HEADER + countries)

    status, said = outcome(start("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml", **{full: str(disk)}))

    assert (status, "No space left on device" in said) == (UNAVAILABLE, True), said
    assert releases(engine) == []
    assert [path for path in disk.rglob("*") if path.is_file()] == []
