"""The embedded PostgreSQL: a server on this machine that accepts connections only by a socket in a private folder.

The folder `home` of a server has the file `place.json`, with the path of its data directory and its run mode, and
the lock file `start.lock`. The data directory is in `home`, unless root runs the server under an account without
access to `home`.
"""

import fcntl
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import psycopg

from service.db.embedded.binaries import copy_binaries, find_binaries, major_version
from service.db.embedded.data_directory import (
    SOCKET_PORT,
    DataDirectory,
    create_directory,
    load_directory,
    save_directory,
)
from service.db.embedded.process import exclusive_data_directory, find_postmaster, wait_until
from service.errors import SourceUnavailable

EMBEDDED_DATABASE_NAME = "tradeflows"
POSTGRES_START_TIMEOUT_S = 60
POSTGRES_STOP_TIMEOUT_S = 60
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "port": str(SOCKET_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    # Nobody streams from a server of one machine: a table that is made and filled in one transaction is written once.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "maintenance_work_mem": "256MB",
    "timezone": "UTC",
    "jit": "off",
}
NON_DURABLE_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
_ADVICE = {
    "could not look up effective user": "The user has no entry in the list of accounts; give it one, or set "
    "DATABASE_URL to a server.",
    "unshare:": "Root made these data in a user namespace, which this machine refuses; allow user namespaces, "
    "or set DATABASE_URL to a server.",
    '"root" execution': "An ordinary user made these data; run the service as that user, or set TRADEFLOWS_HOME "
    "to another folder.",
}


def ensure_running(home: Path, *, is_durable: bool = True, max_connections: int | None = None) -> str:
    """Return the URL of the embedded database in the folder `home`; create and start its server if necessary.

    Several processes may call this function at once. A server that is not durable is faster but loses its data in a
    crash, which suits tests. `is_durable` and `max_connections` apply only if this call starts the server; null means
    the default number of connections.

    :raises SourceUnavailable: PostgreSQL is not installed, or does not start; the message names a remedy.
    """
    home = home.absolute()
    with _start_lock(home):
        place = load_directory(home) or _set_up_directory(home)
        if find_postmaster(place) is None:
            connection_settings = {} if max_connections is None else {"max_connections": str(max_connections)}
            _start(
                place,
                home=home,
                settings=POSTGRES_SETTINGS | ({} if is_durable else NON_DURABLE_SETTINGS) | connection_settings,
            )
        folder = _wait_for_socket_folder(place)
        _make_database(folder)
        name = EMBEDDED_DATABASE_NAME
        return f"postgresql://{name}@/{name}?host={quote(folder, safe='')}&port={SOCKET_PORT}"


@contextmanager
def shared_server(home: Path) -> Iterator[str]:
    """Yield the URL of the embedded database in `home`; start its server if necessary.

    The last process that uses the server stops it. Each of these processes holds a shared lock, which the operating
    system releases when the process ends.

    :raises SourceUnavailable: PostgreSQL is not installed, or does not start or stop; the message names a remedy.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield ensure_running(home)
        finally:
            if _is_last_user(users):
                stop_server(home)


def _is_last_user(lock_file: TextIO) -> bool:
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_server_running(home: Path) -> bool:
    """Return whether the server of `home` runs.

    :raises SourceUnavailable: `home` cannot be read.
    """
    with _translate_os_errors(home):
        place = load_directory(home.absolute())
        return place is not None and find_postmaster(place) is not None


def stop_server(home: Path) -> None:
    """Stop the server of `home` and end its sessions; nothing happens if no server runs.

    :raises SourceUnavailable: the server does not stop.
    """
    home = home.absolute()
    if not is_server_running(home):
        return
    with _start_lock(home):
        place = load_directory(home)
        if place is not None and (postmaster := find_postmaster(place)) is not None:
            place.runner.interrupt(postmaster.pid)
            # A server removes postmaster.pid shortly before its last processes end.
            if not wait_until(POSTGRES_STOP_TIMEOUT_S, lambda: not place.runner.find_processes(place.pgdata)):
                raise SourceUnavailable(f"PostgreSQL, process {postmaster.pid}, does not stop; see {place.log_file}")


@contextmanager
def _start_lock(home: Path) -> Iterator[None]:
    with _translate_os_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        with (home / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _translate_os_errors(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceUnavailable(
            f"PostgreSQL cannot be run in {home}: {error}; set TRADEFLOWS_HOME to a folder that the user owns"
        ) from error


def _set_up_directory(home: Path) -> DataDirectory:
    find_binaries()  # raises before an empty folder is created
    place = create_directory(home)
    _run_initdb(place)
    save_directory(home, place)
    return place


def _run_initdb(directory: DataDirectory) -> None:
    """Create the data directory under a temporary name, so that a directory of the final name is always complete."""
    if directory.pgdata.exists():
        return
    new = directory.pgdata.with_name("pgdata.new")
    shutil.rmtree(new, ignore_errors=True)
    # Who can reach the socket is decided by the mode of its folder, 0700; peer names differ in a user namespace.
    options = ("--encoding=UTF8", "--locale=C", "--auth=trust")
    _check_exit_code(
        directory,
        directory.runner.run(_binaries(directory) / "initdb", "-D", new, "-U", EMBEDDED_DATABASE_NAME, *options),
    )
    new.rename(directory.pgdata)


def _binaries(directory: DataDirectory) -> Path:
    binaries = find_binaries().absolute()
    if directory.runner.can_execute(binaries / "postgres"):
        return binaries
    return copy_binaries(binaries, directory.binaries_folder)


def _start(directory: DataDirectory, *, home: Path, settings: Mapping[str, str]) -> None:
    if not directory.pgdata.is_dir():
        raise SourceUnavailable(
            f"{home} tells that its data are in {directory.pgdata}, but there are none; bring them back, or remove "
            f"{home}/place.json to begin anew"
        )
    binaries = _binaries(directory)
    _check_version(directory, binaries)
    with exclusive_data_directory(directory, home=home) as lock:
        all_settings = {**settings, **_socket_settings(directory)}
        options = shlex.join(part for name, value in all_settings.items() for part in ("-c", f"{name}={value}"))
        wait = ("-w", "-t", str(POSTGRES_START_TIMEOUT_S))
        pg_ctl = (binaries / "pg_ctl", "-D", directory.pgdata, "-l", directory.log_file, "-o", options, *wait, "start")
        _check_exit_code(directory, directory.runner.run(*pg_ctl, inherited_files=(lock,)))


def _socket_settings(directory: DataDirectory) -> dict[str, str]:
    # Quoted, as spaces and commas part one folder from the next.
    quoted = str(directory.make_socket_folder()).replace('"', '""')
    settings = {"unix_socket_directories": f'"{quoted}"'}
    if not directory.runner.can_write(Path("/dev/shm")):
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _check_version(directory: DataDirectory, binaries: Path) -> None:
    major = (directory.pgdata / "PG_VERSION").read_text("ascii").strip()
    if major != (found := major_version(binaries)):
        raise SourceUnavailable(
            f"{directory.pgdata} was made by PostgreSQL {major}, but the programs found are of version {found}; "
            f"set TRADEFLOWS_PG_BINDIR to those of {major}, or begin anew with another TRADEFLOWS_HOME"
        )


def _wait_for_socket_folder(directory: DataDirectory) -> str:
    """Return the folder of the socket when the server is ready. It may be recovering from a crash until then."""
    end = time.monotonic() + POSTGRES_START_TIMEOUT_S
    while (postmaster := find_postmaster(directory)) is not None and time.monotonic() < end:
        if postmaster.is_ready:
            return postmaster.socket_folder
        time.sleep(0.05)
    raise SourceUnavailable(f"PostgreSQL does not start; see {directory.log_file}")


def _make_database(socket_folder: str) -> None:
    try:
        with psycopg.connect(
            host=socket_folder,
            port=SOCKET_PORT,
            user=EMBEDDED_DATABASE_NAME,
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        ) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_DATABASE_NAME]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {EMBEDDED_DATABASE_NAME}".encode())
    except psycopg.OperationalError as error:
        raise SourceUnavailable(f"PostgreSQL runs, but does not respond in {socket_folder}: {error}") from error


def _check_exit_code(directory: DataDirectory, result: "subprocess.CompletedProcess[str]") -> None:
    if result.returncode == 0:
        return
    output = result.stdout.strip()
    advice = [text for sign, text in _ADVICE.items() if sign in output]
    log = (
        directory.log_file.read_text("utf-8", errors="replace").splitlines()[-5:] if directory.log_file.exists() else []
    )
    raise SourceUnavailable("\n".join(["PostgreSQL does not start:", output, *log, *advice]))
