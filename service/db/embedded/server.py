"""A PostgreSQL for one machine: started beside the service, reached by a socket in a private folder only.

`home` holds what belongs to one server: `place.json`, which tells where its data lies and how it is run, and
`start.lock`. The data lie in `home`, unless root has to hand them to an account that cannot reach it.
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
from service.db.embedded.data_directory import PORT, Place, known_place, new_place, record
from service.db.embedded.process import alone_with_data, running_postmaster, within
from service.errors import SourceUnavailable

NAME = "tradeflows"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 60
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "50",
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
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}
_ADVICE = {
    "could not look up effective user": "The user has no entry in the list of accounts; give it one, or set "
    "DATABASE_URL to a server.",
    "unshare:": "Root made these data in a user namespace, which this machine refuses; allow user namespaces, "
    "or set DATABASE_URL to a server.",
    '"root" execution': "An ordinary user made these data; run the service as that user, or set TRADEFLOWS_HOME "
    "to another folder.",
}


def ensure_running(home: Path, *, durable: bool = True, connections: int | None = None) -> str:
    """Return the address of the server of `home`, which is made and started where it is not; many may ask at once.

    Without `durable` the server is faster and loses its data in a crash: for tests. One that is started here gives so
    many `connections`, where that is not null, in the place of the usual number.

    :raises SourceUnavailable: there is no PostgreSQL, or it does not start; the message tells what to do.
    """
    home = home.absolute()
    with _one_at_a_time(home):
        place = known_place(home) or _make_place(home)
        if running_postmaster(place) is None:
            wanted = {} if connections is None else {"max_connections": str(connections)}
            _start(place, home=home, settings=SETTINGS | ({} if durable else NOT_DURABLE) | wanted)
        folder = _socket_folder_once_ready(place)
        _make_database(folder)
        return f"postgresql://{NAME}@/{NAME}?host={quote(folder, safe='')}&port={PORT}"


@contextmanager
def in_use(home: Path) -> Iterator[str]:
    """Yield the address of the server of `home`, started if need be; the last of those who use it stops it.

    Each holds a shared lock meanwhile, which ends with its process, however that ends.

    :raises SourceUnavailable: as `ensure_running` does.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield ensure_running(home)
        finally:
            if _is_last(users):
                stop(home)


def _is_last(users: TextIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_running(home: Path) -> bool:
    """Return whether the server of `home` runs.

    :raises SourceUnavailable: `home` cannot be read.
    """
    with _translated(home):
        place = known_place(home.absolute())
        return place is not None and running_postmaster(place) is not None


def stop(home: Path) -> None:
    """Stop the server of `home`, ending its sessions; nothing happens where none runs.

    :raises SourceUnavailable: it does not stop.
    """
    home = home.absolute()
    if not is_running(home):
        return
    with _one_at_a_time(home):
        place = known_place(home)
        if place is not None and (postmaster := running_postmaster(place)) is not None:
            place.runner.interrupt(postmaster.number)
            if not within(SECONDS_TO_STOP, lambda: running_postmaster(place) is None):
                raise SourceUnavailable(f"PostgreSQL, process {postmaster.number}, does not stop; see {place.log}")


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    with _translated(home):
        home.mkdir(parents=True, exist_ok=True)
        with (home / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _translated(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceUnavailable(
            f"PostgreSQL cannot be run in {home}: {error}; set TRADEFLOWS_HOME to a folder that the user owns"
        ) from error


def _make_place(home: Path) -> Place:
    find_binaries()  # there should be some before a folder is made that nothing is in
    place = new_place(home)
    _make_data(place)
    record(home, place)
    return place


def _make_data(place: Place) -> None:
    """Make the data folder under another name first, so that one by its own name is always whole."""
    if place.data.exists():
        return
    new = place.data.with_name("pgdata.new")
    shutil.rmtree(new, ignore_errors=True)
    # Who can reach the socket is decided by the mode of its folder, 0700; peer names differ in a user namespace.
    options = ("--encoding=UTF8", "--locale=C", "--auth=trust")
    _done(place, place.runner.run(_binaries(place) / "initdb", "-D", new, "-U", NAME, *options))
    new.rename(place.data)


def _binaries(place: Place) -> Path:
    binaries = find_binaries().absolute()
    if place.runner.can_read(binaries / "postgres"):
        return binaries
    return copy_binaries(binaries, place.programs)


def _start(place: Place, *, home: Path, settings: Mapping[str, str]) -> None:
    if not place.data.is_dir():
        raise SourceUnavailable(
            f"{home} tells that its data are in {place.data}, but there are none; bring them back, or remove "
            f"{home}/place.json to begin anew"
        )
    binaries = _binaries(place)
    _refuse_other_version(place, binaries)
    with alone_with_data(place, home=home) as lock:
        all_settings = {**settings, **_settings_of(place)}
        options = shlex.join(part for name, value in all_settings.items() for part in ("-c", f"{name}={value}"))
        wait = ("-w", "-t", str(SECONDS_TO_START))
        pg_ctl = (binaries / "pg_ctl", "-D", place.data, "-l", place.log, "-o", options, *wait, "start")
        _done(place, place.runner.run(*pg_ctl, keep_open=(lock,)))


def _settings_of(place: Place) -> dict[str, str]:
    # Quoted, as spaces and commas part one folder from the next.
    quoted = str(place.make_socket_folder()).replace('"', '""')
    settings = {"unix_socket_directories": f'"{quoted}"'}
    if not place.runner.can_write(Path("/dev/shm")):
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _refuse_other_version(place: Place, binaries: Path) -> None:
    made_by = (place.data / "PG_VERSION").read_text("ascii").strip()
    if made_by != (found := major_version(binaries)):
        raise SourceUnavailable(
            f"{place.data} was made by PostgreSQL {made_by}, but the programs found are of version {found}; "
            f"set PG_BINDIR to those of {made_by}, or begin anew with another TRADEFLOWS_HOME"
        )


def _socket_folder_once_ready(place: Place) -> str:
    """Return where the server listens, once it does: who started it may have been ended while it recovered."""
    end = time.monotonic() + SECONDS_TO_START
    while (postmaster := running_postmaster(place)) is not None and time.monotonic() < end:
        if postmaster.is_ready:
            return postmaster.socket_folder
        time.sleep(0.05)
    raise SourceUnavailable(f"PostgreSQL does not get ready; see {place.log}")


def _make_database(socket_folder: str) -> None:
    try:
        with psycopg.connect(
            host=socket_folder, port=PORT, user=NAME, dbname="postgres", autocommit=True, connect_timeout=10
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}".encode())
    except psycopg.OperationalError as error:
        raise SourceUnavailable(f"PostgreSQL runs, but does not answer in {socket_folder}: {error}") from error


def _done(place: Place, finished: "subprocess.CompletedProcess[str]") -> None:
    if finished.returncode == 0:
        return
    said = finished.stdout.strip()
    advice = [text for sign, text in _ADVICE.items() if sign in said]
    log = place.log.read_text("utf-8", errors="replace").splitlines()[-5:] if place.log.exists() else []
    raise SourceUnavailable("\n".join(["PostgreSQL does not start:", said, *log, *advice]))
