"""The embedded PostgreSQL starts for any user, once, and again after a crash."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from service.db.embedded.data_directory import SYSTEM_DATA_FOLDER
from service.db.embedded.privileges import choose_runner
from service.db.embedded.server import ensure_running, is_server_running, shared_server, stop_server
from service.errors import SourceUnavailable

pytestmark = [pytest.mark.process, pytest.mark.account]

PROJECT_ROOT = Path(__file__).parents[3]
START_SCRIPT = """
import sys
from pathlib import Path
from service.db.embedded.server import ensure_running, is_server_running, stop_server
home = Path(sys.argv[1])
print(ensure_running(home, is_durable=False), flush=True)
"""
START_AND_STOP_SCRIPT = (
    START_SCRIPT
    + "ensure_running(home); assert is_server_running(home); stop_server(home); assert not is_server_running(home)"
)
requires_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def kill_and_wait(pid):
    """Kill a process, and wait until it is gone or only its parent has to reap it: signals take effect later."""
    os.kill(pid, signal.SIGKILL)
    with suppress(FileNotFoundError, ProcessLookupError):
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)


def is_same_folder(link, folder):
    """Return whether a link of /proc leads to the folder; false where the process has ended meanwhile."""
    try:
        return link.samefile(folder)
    except OSError:
        return False


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    stop_server(tmp_path / "home")
    remove_external_data(tmp_path / "home")


@pytest.fixture
def accessible_home():
    """Yield a folder that every user can reach: pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="tradeflows-"))
    folder.chmod(0o755)
    yield folder / "home"
    stop_server(folder / "home")
    remove_external_data(folder / "home")
    shutil.rmtree(folder)


@pytest.fixture
def disable_namespaces(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")  # so that there is no unshare


def remove_external_data(home):
    if (home / "place.json").exists():
        folder = Path(json.loads((home / "place.json").read_text())["folder"])
        if SYSTEM_DATA_FOLDER in folder.parents:
            shutil.rmtree(folder.parent)


def query_value(url, statement="SELECT 1"):
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchone()[0]


def data_folder(address):
    return Path(query_value(address, "SHOW data_directory"))


def socket_folder(address):
    return Path(query_value(address, "SHOW unix_socket_directories").strip('"'))


def postmaster_pid(address):
    return int((data_folder(address) / "postmaster.pid").read_text().split("\n")[0])


def process_owner(pid):
    return Path(f"/proc/{pid}").stat().st_uid


def run_python(script, home, *prefix, program=sys.executable, **options):
    """Run a script in a process of its own, where the service can be imported, and return what it said."""
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT_ROOT}:{sysconfig.get_path('purelib')}"}
    return subprocess.run(
        [*prefix, program, "-c", script, home],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=environment,
        **options,
    )


def find_python(user):
    """Return a Python that the user can run, or skip."""
    of_the_system = f"/usr/bin/python3.{sys.version_info.minor}"
    for program in (sys.executable, of_the_system):
        try:
            if run_python("import psycopg, service", "", program=program, user=user, extra_groups=[]).returncode == 0:
                return program
        except OSError:
            continue
    pytest.skip("no Python with these packages can be run by other users")


def test_the_server_starts_responds_and_stops(home):
    address = ensure_running(home, is_durable=False)

    assert (query_value(address), is_server_running(home)) == (1, True)
    folder = data_folder(address)
    stop_server(home)
    assert not is_server_running(home)
    assert [link for link in Path("/proc").glob("[0-9]*/cwd") if is_same_folder(link, folder)] == []
    with pytest.raises(psycopg.OperationalError):
        query_value(address)


def test_the_server_uses_only_private_sockets_and_folders(home):
    address = ensure_running(home, is_durable=False)

    assert query_value(address, "SHOW listen_addresses") == ""
    for folder in (socket_folder(address), data_folder(address)):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_data_survive_a_restart(home):
    with psycopg.connect(ensure_running(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stop_server(home)

    assert query_value(ensure_running(home), "SELECT number FROM kept") == 7


def test_only_a_non_durable_server_disables_fsync(home):
    assert query_value(ensure_running(home), "SHOW fsync") == "on"
    stop_server(home)

    assert query_value(ensure_running(home, is_durable=False), "SHOW fsync") == "off"


def test_ensure_running_twice_returns_the_same_server(home):
    first = ensure_running(home, is_durable=False)
    number = postmaster_pid(first)

    assert ensure_running(home, is_durable=False) == first
    assert postmaster_pid(first) == number


def test_a_symlinked_home_is_the_same_home(home):
    home.mkdir()
    link = home.with_name("link")
    link.symlink_to(home)
    number = postmaster_pid(ensure_running(link, is_durable=False))

    assert postmaster_pid(ensure_running(home, is_durable=False)) == number
    stop_server(link)
    assert not is_server_running(home)


def test_stopping_a_stopped_server_does_nothing(home):
    stop_server(home)

    assert not is_server_running(home)
    assert not home.exists()


def test_environment_variables_of_other_servers_are_ignored(home, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nonexistent")

    address = ensure_running(home, is_durable=False)

    monkeypatch.delenv("PGPORT")
    assert query_value(address) == 1


def test_the_server_outlives_its_starting_process_and_terminal(home):
    # A test run in the background of a script has Ctrl-C ignored, and hands that on.
    interrupt = (
        "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler); os.killpg(0, signal.SIGINT)"
    )
    started = run_python(START_SCRIPT + interrupt, home, start_new_session=True)

    assert started.returncode != 0
    assert query_value(started.stdout.split("\n")[0]) == 1


def test_a_database_missing_after_a_crash_is_created(home):
    address = ensure_running(home, is_durable=False)
    with psycopg.connect(address, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE tradeflows")

    assert query_value(ensure_running(home, is_durable=False), "SELECT current_database()") == "tradeflows"


def test_concurrent_starts_after_a_crash_share_one_server(home):
    number = postmaster_pid(ensure_running(home, is_durable=False))
    kill_and_wait(number)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: run_python(START_SCRIPT, home), range(4)))

    [address] = {answer.stdout.strip() for answer in answers}
    assert postmaster_pid(address) != number


def test_after_a_crash_startup_waits_for_remaining_backends(home):
    address = ensure_running(home, is_durable=False)
    folder, number = data_folder(address), postmaster_pid(address)
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
        kill_and_wait(number)
        with subprocess.Popen(
            [sys.executable, "-c", START_SCRIPT, home], cwd=PROJECT_ROOT, stdout=subprocess.PIPE
        ) as starter:
            with pytest.raises(subprocess.TimeoutExpired):
                starter.wait(1)
            assert (folder / "postmaster.pid").read_text().startswith(f"{number}\n")
            os.kill(busy[0], signal.SIGKILL)

            assert starter.wait(20) == 0
        client.wait()

    assert query_value(address) == 1


def test_startup_tolerates_a_reused_pid(home):
    address = ensure_running(home, is_durable=False)
    mark = data_folder(address) / "postmaster.pid"
    number, *rest = mark.read_text().split("\n")
    os.kill(int(number), signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as foreign:
        mark.write_text("\n".join([str(foreign.pid), *rest]))

        assert query_value(ensure_running(home, is_durable=False)) == 1
        assert foreign.poll() is None
        foreign.kill()


@pytest.mark.parametrize("name", ["a" * 120, "ü" * 60, "one, two"], ids=["long", "long-in-bytes", "comma"])
def test_an_unusable_socket_path_is_replaced_by_a_private_folder(accessible_home, name):
    home = accessible_home / name
    try:
        folder = socket_folder(ensure_running(home, is_durable=False))

        assert (folder.parent, folder.stat().st_mode & 0o777) == (Path("/tmp"), 0o700)
    finally:
        stop_server(home)
    folder.rmdir()


def test_unsafe_paths_are_rejected_and_other_special_ones_work(accessible_home):
    with pytest.raises(SourceUnavailable, match="set TRADEFLOWS_HOME"):
        ensure_running(accessible_home / "$(touch x)")

    odd = accessible_home / "it's 100% mine"
    try:
        assert query_value(ensure_running(odd, is_durable=False)) == 1
    finally:
        stop_server(odd)


def test_a_home_can_be_moved(accessible_home):
    ensure_running(accessible_home, is_durable=False)
    stop_server(accessible_home)
    moved = accessible_home.rename(accessible_home.with_name("moved"))
    try:
        assert data_folder(ensure_running(moved, is_durable=False)).is_relative_to(moved)
    finally:
        stop_server(moved)


def test_deleted_data_are_not_replaced_by_an_empty_server(home):
    folder = data_folder(ensure_running(home, is_durable=False))
    stop_server(home)
    shutil.rmtree(folder)

    with pytest.raises(SourceUnavailable, match=r"there are none; bring them back"):
        ensure_running(home)


def test_binaries_of_another_version_are_rejected_with_advice(home):
    folder = data_folder(ensure_running(home, is_durable=False))
    stop_server(home)
    (folder / "PG_VERSION").write_text("9\n")

    with pytest.raises(SourceUnavailable, match=r"made by PostgreSQL 9, .* set TRADEFLOWS_PG_BINDIR"):
        ensure_running(home)


def test_a_folder_without_binaries_is_rejected(home, tmp_path, monkeypatch):
    monkeypatch.setenv("TRADEFLOWS_PG_BINDIR", str(tmp_path))

    with pytest.raises(SourceUnavailable, match="no program called postgres"):
        ensure_running(home)


@requires_root
@pytest.mark.usefixtures("disable_namespaces")
def test_root_without_user_namespaces_uses_another_account(accessible_home):
    accessible_home.mkdir()
    assert choose_runner(accessible_home).run_mode == "account"

    address = ensure_running(accessible_home, is_durable=False)

    assert data_folder(address) == accessible_home / "server" / "pgdata"
    assert process_owner(postmaster_pid(address)) != 0
    assert accessible_home.stat().st_uid == 0


@requires_root
@pytest.mark.usefixtures("disable_namespaces")
def test_root_moves_the_data_when_the_account_cannot_access_home(home):
    home.mkdir()
    home.parent.chmod(0o700)

    address = ensure_running(home, is_durable=False)

    assert SYSTEM_DATA_FOLDER in data_folder(address).parents
    assert (process_owner(postmaster_pid(address)) != 0, home.parent.stat().st_mode & 0o777) == (True, 0o700)


@requires_root
def test_data_of_an_account_remain_with_it(accessible_home, monkeypatch):
    with monkeypatch.context() as context:
        context.setenv("PATH", "/nonexistent")
        first = ensure_running(accessible_home, is_durable=False)
        stop_server(accessible_home)

    assert ensure_running(accessible_home, is_durable=False) == first
    assert process_owner(postmaster_pid(first)) != 0


@requires_root
def test_root_in_a_restricted_container_recognizes_its_server(accessible_home):
    few_rights = ("setpriv", "--bounding-set=-sys_ptrace,-sys_admin,-sys_resource", "--inh-caps=-all")
    no_namespaces = "import os; os.environ['PATH'] = '/nonexistent'\n"

    ran = run_python(no_namespaces + START_AND_STOP_SCRIPT, accessible_home, *few_rights)

    assert (ran.returncode, ran.stdout[:13]) == (0, "postgresql://")


@requires_root
def test_a_home_used_by_another_container_is_not_modified(home):
    address = ensure_running(home, is_durable=False)
    number = postmaster_pid(address)
    container = ("unshare", "--pid", "--ipc", "--mount-proc", "--fork")
    if subprocess.run([*container, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine refuses process namespaces")

    ran = run_python(START_SCRIPT, home, *container)

    assert "another container runs the server" in ran.stdout
    assert postmaster_pid(address) == number


@requires_root
def test_the_server_requires_no_shared_memory_file_system(home):
    without = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o ro none /dev/shm && exec "$@"', "sh")
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine refuses mounts")

    address = run_python(START_SCRIPT, home, *without).stdout.strip()

    assert query_value(address, "SHOW dynamic_shared_memory_type") == "mmap"


@requires_root
@pytest.mark.parametrize(("user", "outcome"), [(65534, "postgresql://"), (54321, "set DATABASE_URL to a server")])
def test_a_user_without_an_account_gets_advice(accessible_home, user, outcome):
    program = find_python(user)
    accessible_home.mkdir()
    os.chown(accessible_home, user, user)

    ran = run_python(START_AND_STOP_SCRIPT, accessible_home, program=program, user=user, group=user, extra_groups=[])

    assert outcome in ran.stdout


@requires_root
def test_the_home_of_another_user_is_rejected_with_advice(accessible_home):
    program = find_python(65534)
    ensure_running(accessible_home, is_durable=False)

    ran = run_python(START_SCRIPT, accessible_home, program=program, user=65534, group=65534, extra_groups=[])

    assert "SourceUnavailable: PostgreSQL cannot be run in" in ran.stdout
    assert query_value(ensure_running(accessible_home)) == 1


def test_the_last_user_stops_the_server(home):
    with shared_server(home) as address:
        with shared_server(home) as same:
            assert same == address
        assert is_server_running(home)
        assert query_value(address) == 1

    assert not is_server_running(home)
