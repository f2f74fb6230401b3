"""The embedded PostgreSQL: starts for whoever runs it, once, and again after a crash."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from service.db.embedded import ensure_running, is_running, stop
from service.db.privileges import choose_runner
from service.errors import SourceUnavailable

STARTER = """
import sys
from pathlib import Path
from service.db.embedded import ensure_running, stop
print(ensure_running(Path(sys.argv[1]), durable=False))
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    stop(tmp_path / "home")


def ask(address, question="SELECT 1"):
    with psycopg.connect(address) as connection:
        return connection.execute(question).fetchone()[0]


def postmaster_number(address):
    with psycopg.connect(address) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()[0]
    return int((Path(folder) / "postmaster.pid").read_text().split("\n")[0])


def start_elsewhere(home):
    started = subprocess.run([sys.executable, "-c", STARTER, home], capture_output=True, text=True, check=True)
    return started.stdout.strip()


def test_it_starts_answers_and_stops(home):
    address = ensure_running(home, durable=False)

    assert ask(address) == 1
    stop(home)
    assert not is_running(home)
    with pytest.raises(psycopg.OperationalError):
        ask(address)


def test_it_listens_to_no_network_address(home):
    address = ensure_running(home, durable=False)

    assert ask(address, "SHOW listen_addresses") == ""
    folder = Path(ask(address, "SHOW unix_socket_directories"))
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_was_written_is_there_after_a_restart(home):
    with psycopg.connect(ensure_running(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stop(home)

    assert ask(ensure_running(home), "SELECT number FROM kept") == 7


def test_asking_twice_gives_the_same_server(home):
    first = ensure_running(home, durable=False)
    number = postmaster_number(first)

    assert ensure_running(home, durable=False) == first
    assert postmaster_number(first) == number


def test_stopping_what_does_not_run_does_nothing(home):
    stop(home)

    assert not is_running(home)


def test_four_processes_after_a_crash_all_get_one_server(home):
    number = postmaster_number(ensure_running(home, durable=False))
    os.kill(number, signal.SIGKILL)

    with ThreadPoolExecutor(4) as pool:
        addresses = list(pool.map(start_elsewhere, [home] * 4))

    assert len(set(addresses)) == 1
    assert {postmaster_number(address) for address in addresses} != {number}
    assert ask(addresses[0]) == 1


def test_it_starts_while_a_foreign_process_has_the_number_of_the_one_that_crashed(home):
    address = ensure_running(home, durable=False)
    mark = Path(ask(address, "SHOW data_directory")) / "postmaster.pid"
    number, *rest = mark.read_text().split("\n")
    os.kill(int(number), signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as foreign:
        mark.write_text("\n".join([str(foreign.pid), *rest]))

        assert ask(ensure_running(home, durable=False)) == 1
        foreign.kill()


def test_a_long_path_gets_a_short_socket(tmp_path):
    home = tmp_path / ("a" * 60) / ("b" * 60)
    try:
        assert ask(ensure_running(home, durable=False)) == 1
    finally:
        stop(home)


def test_programs_of_another_version_are_refused_with_advice(home):
    folder = Path(ask(ensure_running(home, durable=False), "SHOW data_directory"))
    stop(home)
    (folder / "PG_VERSION").write_text("9\n")

    with pytest.raises(SourceUnavailable, match=r"made by PostgreSQL 9, .* set PG_BINDIR"):
        ensure_running(home)


def test_a_folder_without_programs_is_refused(home, tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))

    with pytest.raises(SourceUnavailable, match="no program called postgres"):
        ensure_running(home)


@as_root
def test_root_without_user_namespaces_hands_it_to_an_account(home, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")  # so that there is no unshare
    assert choose_runner().way == "account"

    address = ensure_running(home, durable=False)

    assert ask(address) == 1
    assert Path(f"/proc/{postmaster_number(address)}").stat().st_uid != 0


@as_root
@pytest.mark.parametrize(("user", "outcome"), [(65534, "postgresql://"), (54321, "set DATABASE_URL")])
def test_an_ordinary_user_runs_it_and_one_without_an_account_is_told_what_to_do(user, outcome):
    folder = Path(tempfile.mkdtemp(prefix="tradeflows-"))  # pytest's own folder is closed to others
    os.chown(folder, user, user)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", STARTER + "stop(Path(sys.argv[1]))", folder / "home"],
            user=user,
            group=user,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
    except PermissionError:
        pytest.skip("the Python of this environment cannot be run by other users")
    finally:
        shutil.rmtree(folder)

    assert outcome in ran.stdout + ran.stderr
