"""Of concurrent loads and withdrawals one waits or exits with status 75, and no release is partial."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from service.ingest.release.load_session import open_load_session
from tests.ingest.conftest import COMMODITIES_CSV, CSV_HEADER, MAPPING_TOML

pytestmark = pytest.mark.process

COMMAND = Path(sys.executable).parent / "tradeflows"
EXIT_BUSY, EXIT_UNAVAILABLE = 75, 69
MAX_WAIT_S = 60
FROM_BLOCKED_SESSIONS = """
    FROM pg_locks WHERE NOT granted AND relation = 'release'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
"""The sessions that wait for the table of this database; it has the same key in the databases of other workers."""


@pytest.fixture
def start(engine, tmp_path):
    """Yield a function that starts the command in a process of its own, in a folder with files to load."""
    (tmp_path / "goods.csv").write_text(COMMODITIES_CSV)
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML)
    (tmp_path / "2024-02-28.csv").write_text(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    (tmp_path / "2024-03-28.csv").write_text(CSV_HEADER + "2024-01,export,CHN,all,126\n")

    def start(*arguments, **environment):
        own = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "TRADEFLOWS_HOME": str(tmp_path / "home"),
        } | environment
        started.append(
            subprocess.Popen(
                [COMMAND, *arguments],
                cwd=tmp_path,
                env=own,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    started: list[subprocess.Popen[str]] = []
    yield start
    for process in started:
        with process:
            process.kill()


def start_load(start, file="2024-02-28.csv", **options):
    named = [part for name, value in options.items() for part in (f"--{name}", value)]
    return start("load", "tidy", file, "--mapping", "mapping.toml", *named)


@contextmanager
def block_publication(engine):
    """Hold loads and withdrawals back in the midst of their work, right before they enter what they publish."""
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE release, release_period IN SHARE MODE"))
        yield lambda number: _wait_for_blocked(connection, number)


def _wait_for_blocked(connection, count):
    """Wait until so many are held back."""
    end = time.monotonic() + MAX_WAIT_S
    query = text(f"SELECT count(*) {FROM_BLOCKED_SESSIONS}")
    while connection.scalar(query) < count:
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for_result(process):
    """Return the exit status and all that was printed."""
    printed = process.communicate(timeout=MAX_WAIT_S)[0]
    return process.returncode, printed


def stored_releases(engine):
    with engine.connect() as connection:
        query = "SELECT dataset.code, published_on::text, rows FROM release JOIN dataset ON dataset.id = dataset_id"
        return [tuple(row) for row in connection.execute(text(f"{query} ORDER BY 1, 2"))]


@pytest.mark.parametrize("dataset_exists", [True, False], ids=["a dataset that is there", "a dataset that is new"])
def test_a_concurrent_load_of_a_dataset_exits_with_75(engine, start, dataset_exists):
    if dataset_exists:
        wait_for_result(start_load(start))
    with block_publication(engine) as wait_for:
        first = start_load(start, "2024-03-28.csv")
        wait_for(1)
        status, said = wait_for_result(start_load(start, "2024-02-28.csv", published="2024-04-01"))
    assert (status, said) == (
        EXIT_BUSY,
        "tradeflows: another load or withdrawal of jpn-test is running; try again when it is done\n",
    )
    assert wait_for_result(first)[0] == 0
    assert ("jpn-test", "2024-03-28", 1) in stored_releases(engine)


def test_a_concurrent_load_of_a_file_exits_with_75(engine, start):
    with block_publication(engine) as wait_for:
        first = start_load(start)
        wait_for(1)
        assert wait_for_result(start_load(start))[0] == EXIT_BUSY

    assert wait_for_result(first) == (0, "2024-02-28.csv: jpn-test-2024-02-28, 1 figures\n")
    assert wait_for_result(start_load(start)) == (0, "2024-02-28.csv: nothing new\n")


def test_concurrent_loads_of_new_datasets_with_new_commodities_succeed(engine, start):
    with block_publication(engine) as wait_for:
        first = start_load(start, dataset="first")
        wait_for(1)
        second = start_load(start, dataset="second")
        time.sleep(1)  # so that it has come to where it waits for the first
        assert second.poll() is None

    assert (wait_for_result(first)[0], wait_for_result(second)[0]) == (0, 0)
    assert stored_releases(engine) == [("first", "2024-02-28", 1), ("second", "2024-02-28", 1)]


def test_loads_of_different_existing_datasets_run_concurrently(engine, start):
    for dataset in ("first", "second"):
        wait_for_result(start_load(start, dataset=dataset))
    with block_publication(engine) as wait_for:
        both = [start_load(start, "2024-03-28.csv", dataset=dataset) for dataset in ("first", "second")]
        wait_for(2)

    assert [wait_for_result(each)[0] for each in both] == [0, 0]
    assert len(stored_releases(engine)) == 4


def test_concurrent_loads_and_withdrawals_exit_with_75(engine, start):
    wait_for_result(start_load(start))
    withdrawing = ("releases", "withdraw", "jpn-test-2024-02-28", "--on", "2024-03-01", "--yes")
    with block_publication(engine) as wait_for:
        first = start_load(start, "2024-03-28.csv")
        wait_for(1)
        assert wait_for_result(start(*withdrawing))[0] == EXIT_BUSY
    assert wait_for_result(first)[0] == 0

    with block_publication(engine) as wait_for:
        first = start(*withdrawing)
        wait_for(1)
        assert wait_for_result(start_load(start, "2024-03-28.csv", published="2024-04-01"))[0] == EXIT_BUSY
    assert wait_for_result(first)[0] == 0


def test_a_lost_database_connection_exits_with_69(engine, start):
    with block_publication(engine) as wait_for:
        load = start_load(start)
        wait_for(1)
        with open_load_session(engine) as session:
            session.execute(text(f"SELECT pg_terminate_backend(pid) {FROM_BLOCKED_SESSIONS}"))
            session.commit()
        status, said = wait_for_result(load)

    assert (status, said.startswith("tradeflows: the database failed: ")) == (EXIT_UNAVAILABLE, True)
    assert stored_releases(engine) == []


@pytest.mark.parametrize("full", ["TRADEFLOWS_HOME", "TMPDIR"], ids=["of the archive", "of figures on their way"])
def test_a_full_disk_exits_with_69_and_leaves_no_partial_data(engine, start, tmp_path, mount_small_disk, full):
    disk = mount_small_disk("16k")
    rows = "".join(f"{1990 + n // 12}-{n % 12 + 1:02},export,CHN,all,{n}\n" for n in range(300))
    countries = rows + "".join(rows.replace("CHN", code) for code in ("USA", "DEU", "FRA", "ITA", "KOR", "GBR", "VNM"))
    (tmp_path / "2024-02-28.csv").write_text(CSV_HEADER + countries)

    status, said = wait_for_result(
        start("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml", **{full: str(disk)})
    )

    assert (status, "No space left on device" in said) == (EXIT_UNAVAILABLE, True), said
    assert stored_releases(engine) == []
    assert [path for path in disk.rglob("*") if path.is_file()] == []
