"""The embedded PostgreSQL: starts for whoever runs it, once, and again after a crash."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from service.db.embedded.data_directory import ROOTS_PLACE
from service.db.embedded.privileges import choose_runner
from service.db.embedded.server import ensure_running, in_use, is_running, stop
from service.errors import SourceUnavailable

PROJECT = Path(__file__).parents[2]
STARTER = """
import sys
from pathlib import Path
from service.db.embedded.server import ensure_running, is_running, stop
home = Path(sys.argv[1])
print(ensure_running(home, durable=False), flush=True)
"""
STARTER_AND_STOPPER = STARTER + "ensure_running(home); assert is_running(home); stop(home); assert not is_running(home)"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    stop(tmp_path / "home")
    remove_what_lies_elsewhere(tmp_path / "home")


@pytest.fixture
def open_home():
    """Yield a folder that every user can reach: pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="tradeflows-"))
    folder.chmod(0o755)
    yield folder / "home"
    stop(folder / "home")
    remove_what_lies_elsewhere(folder / "home")
    shutil.rmtree(folder)


@pytest.fixture
def without_namespaces(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")  # so that there is no unshare


def remove_what_lies_elsewhere(home):
    if (home / "place.json").exists():
        folder = Path(json.loads((home / "place.json").read_text())["folder"])
        if ROOTS_PLACE in folder.parents:
            shutil.rmtree(folder.parent)


def ask(address, question="SELECT 1"):
    with psycopg.connect(address) as connection:
        return connection.execute(question).fetchone()[0]


def data_folder(address):
    return Path(ask(address, "SHOW data_directory"))


def socket_folder(address):
    return Path(ask(address, "SHOW unix_socket_directories").strip('"'))


def postmaster_number(address):
    return int((data_folder(address) / "postmaster.pid").read_text().split("\n")[0])


def owner(number):
    return Path(f"/proc/{number}").stat().st_uid


def run_python(script, home, *prefix, program=sys.executable, **options):
    """Run a script in a process of its own, where the service can be imported, and return what it said."""
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{sysconfig.get_path('purelib')}"}
    return subprocess.run(
        [*prefix, program, "-c", script, home],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=environment,
        **options,
    )


def python_for(user):
    """Return a Python that the user can run, or skip."""
    of_the_system = f"/usr/bin/python3.{sys.version_info.minor}"
    for program in (sys.executable, of_the_system):
        try:
            if run_python("import psycopg, service", "", program=program, user=user, extra_groups=[]).returncode == 0:
                return program
        except OSError:
            continue
    pytest.skip("no Python with these packages can be run by other users")


def test_it_starts_answers_and_stops(home):
    address = ensure_running(home, durable=False)

    assert (ask(address), is_running(home)) == (1, True)
    stop(home)
    assert not is_running(home)
    with pytest.raises(psycopg.OperationalError):
        ask(address)


def test_it_listens_to_no_network_address_and_keeps_its_folders_private(home):
    address = ensure_running(home, durable=False)

    assert ask(address, "SHOW listen_addresses") == ""
    for folder in (socket_folder(address), data_folder(address)):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_was_written_is_there_after_a_restart(home):
    with psycopg.connect(ensure_running(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stop(home)

    assert ask(ensure_running(home), "SELECT number FROM kept") == 7


def test_only_a_server_that_need_not_be_durable_skips_fsync(home):
    assert ask(ensure_running(home), "SHOW fsync") == "on"
    stop(home)

    assert ask(ensure_running(home, durable=False), "SHOW fsync") == "off"


def test_asking_twice_gives_the_same_server(home):
    first = ensure_running(home, durable=False)
    number = postmaster_number(first)

    assert ensure_running(home, durable=False) == first
    assert postmaster_number(first) == number


def test_a_home_behind_a_link_is_the_same_home(home):
    home.mkdir()
    link = home.with_name("link")
    link.symlink_to(home)
    number = postmaster_number(ensure_running(link, durable=False))

    assert postmaster_number(ensure_running(home, durable=False)) == number
    stop(link)
    assert not is_running(home)


def test_stopping_what_does_not_run_does_nothing(home):
    stop(home)

    assert not is_running(home)
    assert not home.exists()


def test_the_environment_of_other_servers_does_not_matter(home, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nonexistent")

    address = ensure_running(home, durable=False)

    monkeypatch.delenv("PGPORT")
    assert ask(address) == 1


def test_it_outlives_the_process_that_started_it_and_its_terminal(home):
    # A test run in the background of a script has Ctrl-C ignored, and hands that on.
    interrupt = (
        "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler); os.killpg(0, signal.SIGINT)"
    )
    started = run_python(STARTER + interrupt, home, start_new_session=True)

    assert started.returncode != 0
    assert ask(started.stdout.split("\n")[0]) == 1


def test_a_database_that_was_not_made_before_a_crash_is_made_later(home):
    address = ensure_running(home, durable=False)
    with psycopg.connect(address, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE tradeflows")

    assert ask(ensure_running(home, durable=False), "SELECT current_database()") == "tradeflows"


def test_four_processes_after_a_crash_all_get_one_server(home):
    number = postmaster_number(ensure_running(home, durable=False))
    os.kill(number, signal.SIGKILL)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: run_python(STARTER, home), range(4)))

    [address] = {answer.stdout.strip() for answer in answers}
    assert postmaster_number(address) != number


def test_after_a_crash_it_waits_for_the_work_that_still_goes_on(home):
    address = ensure_running(home, durable=False)
    folder, number = data_folder(address), postmaster_number(address)
    endless = "DO $$BEGIN FOR i IN 1..2000000000 LOOP END LOOP; END$$"
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import psycopg, sys; psycopg.connect(sys.argv[1]).execute(sys.argv[2])",
            address,
            endless,
        ],
        stderr=subprocess.DEVNULL,
    ) as client:
        with psycopg.connect(address) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE query = %s AND state = 'active'"
            while not (busy := connection.execute(query, [endless]).fetchone()):
                connection.rollback()
        os.kill(number, signal.SIGKILL)
        with subprocess.Popen([sys.executable, "-c", STARTER, home], cwd=PROJECT, stdout=subprocess.PIPE) as starter:
            with pytest.raises(subprocess.TimeoutExpired):
                starter.wait(1)
            assert (folder / "postmaster.pid").read_text().startswith(f"{number}\n")
            os.kill(busy[0], signal.SIGKILL)

            assert starter.wait(20) == 0
        client.wait()

    assert ask(address) == 1


def test_it_starts_while_a_foreign_process_has_the_number_of_the_one_that_crashed(home):
    address = ensure_running(home, durable=False)
    mark = data_folder(address) / "postmaster.pid"
    number, *rest = mark.read_text().split("\n")
    os.kill(int(number), signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as foreign:
        mark.write_text("\n".join([str(foreign.pid), *rest]))

        assert ask(ensure_running(home, durable=False)) == 1
        assert foreign.poll() is None
        foreign.kill()


@pytest.mark.parametrize("name", ["a" * 120, "ü" * 60, "one, two"], ids=["long", "long-in-bytes", "comma"])
def test_a_path_that_no_socket_can_have_gets_a_private_one_elsewhere(open_home, name):
    home = open_home / name
    try:
        folder = socket_folder(ensure_running(home, durable=False))

        assert (folder.parent, folder.stat().st_mode & 0o777) == (Path("/tmp"), 0o700)
    finally:
        stop(home)
    folder.rmdir()


def test_a_path_that_a_shell_would_misread_is_refused_and_other_odd_ones_do(open_home):
    with pytest.raises(SourceUnavailable, match="set TRADEFLOWS_HOME"):
        ensure_running(open_home / "$(touch x)")

    odd = open_home / "it's 100% mine"
    try:
        assert ask(ensure_running(odd, durable=False)) == 1
    finally:
        stop(odd)


def test_a_home_can_be_moved(open_home):
    ensure_running(open_home, durable=False)
    stop(open_home)
    moved = open_home.rename(open_home.with_name("moved"))
    try:
        assert data_folder(ensure_running(moved, durable=False)).is_relative_to(moved)
    finally:
        stop(moved)


def test_data_that_are_gone_are_not_replaced_by_an_empty_server(home):
    folder = data_folder(ensure_running(home, durable=False))
    stop(home)
    shutil.rmtree(folder)

    with pytest.raises(SourceUnavailable, match=r"there are none; bring them back"):
        ensure_running(home)


def test_programs_of_another_version_are_refused_with_advice(home):
    folder = data_folder(ensure_running(home, durable=False))
    stop(home)
    (folder / "PG_VERSION").write_text("9\n")

    with pytest.raises(SourceUnavailable, match=r"made by PostgreSQL 9, .* set PG_BINDIR"):
        ensure_running(home)


def test_a_folder_without_programs_is_refused(home, tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))

    with pytest.raises(SourceUnavailable, match="no program called postgres"):
        ensure_running(home)


@as_root
@pytest.mark.usefixtures("without_namespaces")
def test_root_without_user_namespaces_hands_it_to_an_account(open_home):
    open_home.mkdir()
    assert choose_runner(open_home).way == "account"

    address = ensure_running(open_home, durable=False)

    assert data_folder(address) == open_home / "server" / "pgdata"
    assert owner(postmaster_number(address)) != 0
    assert open_home.stat().st_uid == 0


@as_root
@pytest.mark.usefixtures("without_namespaces")
def test_root_keeps_the_data_elsewhere_where_the_account_cannot_reach_home(home):
    home.mkdir()
    home.parent.chmod(0o700)

    address = ensure_running(home, durable=False)

    assert ROOTS_PLACE in data_folder(address).parents
    assert (owner(postmaster_number(address)) != 0, home.parent.stat().st_mode & 0o777) == (True, 0o700)


@as_root
def test_data_made_by_an_account_stay_with_it(open_home, monkeypatch):
    with monkeypatch.context() as context:
        context.setenv("PATH", "/nonexistent")
        first = ensure_running(open_home, durable=False)
        stop(open_home)

    assert ensure_running(open_home, durable=False) == first
    assert owner(postmaster_number(first)) != 0


@as_root
def test_root_of_a_container_who_may_not_look_at_others_processes_still_knows_its_server(open_home):
    few_rights = ("setpriv", "--bounding-set=-sys_ptrace,-sys_admin,-sys_resource", "--inh-caps=-all")
    no_namespaces = "import os; os.environ['PATH'] = '/nonexistent'\n"

    ran = run_python(no_namespaces + STARTER_AND_STOPPER, open_home, *few_rights)

    assert (ran.returncode, ran.stdout[:13]) == (0, "postgresql://")


@as_root
def test_a_home_that_another_container_serves_from_is_left_alone(home):
    address = ensure_running(home, durable=False)
    number = postmaster_number(address)
    container = ("unshare", "--pid", "--ipc", "--mount-proc", "--fork")
    if subprocess.run([*container, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine refuses process namespaces")

    ran = run_python(STARTER, home, *container)

    assert "another container runs the server" in ran.stdout
    assert postmaster_number(address) == number


@as_root
def test_it_needs_no_shared_memory_file_system(home):
    without = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o ro none /dev/shm && exec "$@"', "sh")
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine refuses mounts")

    address = run_python(STARTER, home, *without).stdout.strip()

    assert ask(address, "SHOW dynamic_shared_memory_type") == "mmap"


@as_root
@pytest.mark.parametrize(("user", "outcome"), [(65534, "postgresql://"), (54321, "set DATABASE_URL to a server")])
def test_an_ordinary_user_runs_it_and_one_without_an_account_is_told_what_to_do(open_home, user, outcome):
    program = python_for(user)
    open_home.mkdir()
    os.chown(open_home, user, user)

    ran = run_python(STARTER_AND_STOPPER, open_home, program=program, user=user, group=user, extra_groups=[])

    assert outcome in ran.stdout


@as_root
def test_the_home_of_another_user_is_refused_with_advice(open_home):
    program = python_for(65534)
    ensure_running(open_home, durable=False)

    ran = run_python(STARTER, open_home, program=program, user=65534, group=65534, extra_groups=[])

    assert "SourceUnavailable: PostgreSQL cannot be run in" in ran.stdout
    assert ask(ensure_running(open_home)) == 1


def test_the_last_of_those_who_use_it_stops_it(home):
    with in_use(home) as address:
        with in_use(home) as same:
            assert same == address
        assert is_running(home)
        assert ask(address) == 1

    assert not is_running(home)
