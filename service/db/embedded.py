"""A PostgreSQL for one machine: started beside the service, reached by a socket in a private folder only.

`home` holds what belongs to one server: `place.json`, which tells where its data lies and how it is run, and
`start.lock`. The data lie in `home` itself, unless root has to hand them to an account that cannot reach it.
"""

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from service.db.binaries import copy_binaries, find_binaries, major_version
from service.db.privileges import Runner, choose_runner
from service.errors import SourceUnavailable

NAME = "tradeflows"
LONGEST_SOCKET_FOLDER = 85
"""A socket's path is cut at 107 characters by the kernel; its name takes 14 and a separator, the rest is reserve."""

SECONDS_TO_DIE = 20
ROOTS_PLACE = Path("/var/lib/tradeflows")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "jit": "off",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Place:
    """Where a server's folder is, and how its programs are run; written down when the data are made."""

    folder: str
    way: str
    account: str | None

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return Path(self.folder) / "pgdata"

    @property
    def log(self) -> Path:
        """Return the server's log."""
        return Path(self.folder) / "postgres.log"

    @property
    def runner(self) -> Runner:
        """Return what runs the server's programs."""
        return Runner(self.way, self.account)  # type: ignore[arg-type]

    def socket_folder(self) -> Path:
        """Return the folder of the socket: inside the server's own, unless the path would be too long for a socket."""
        own = Path(self.folder) / "run"
        if len(str(own)) <= LONGEST_SOCKET_FOLDER:
            return own
        digest = hashlib.sha256(self.folder.encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"{NAME}-{os.getuid()}-{digest}"


def ensure_running(home: Path, *, durable: bool = True) -> str:
    """Return the address of the server of `home`, which is made and started where it is not; many may ask at once.

    Without `durable` the server is faster and loses its data in a crash: for tests.

    :raises SourceUnavailable: there is no PostgreSQL, or it does not start; the message tells what to do.
    """
    home = home.absolute()
    with _one_at_a_time(home):
        place = _known_place(home) or _new_place(home)
        if _postmaster(place) is None:
            _start(place, durable=durable)
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(place.socket_folder()), safe='')}"


def is_running(home: Path) -> bool:
    """Return whether the server of `home` runs."""
    place = _known_place(home.absolute())
    return place is not None and _postmaster(place) is not None


def stop(home: Path) -> None:
    """Stop the server of `home`, ending its sessions; nothing happens where none runs."""
    place = _known_place(home.absolute())
    if place is None:
        return
    with _one_at_a_time(home.absolute()):
        if _postmaster(place) is not None:
            binaries = _binaries(place)
            _done(place, place.runner.run(binaries / "pg_ctl", "-D", place.data, "-m", "fast", "-w", "stop"))


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _known_place(home: Path) -> Place | None:
    try:
        return Place(**json.loads((home / "place.json").read_text("utf-8")))
    except FileNotFoundError:
        return None


def _new_place(home: Path) -> Place:
    runner = choose_runner()
    folder = home
    if runner.account is not None:
        ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="server-", dir=ROOTS_PLACE))
        runner.own(folder)
    place = Place(str(folder), runner.way, runner.account)
    _make_data(place)
    (home / "place.json").write_text(json.dumps(asdict(place)) + "\n", "utf-8")
    return place


def _make_data(place: Place) -> None:
    """Make the data folder under another name first, so that one by its own name is always whole."""
    if place.data.exists():
        return
    new = place.data.with_name("pgdata.new")
    shutil.rmtree(new, ignore_errors=True)
    # Who can reach the socket is decided by the mode of its folder, 0700; peer names differ in a user namespace.
    options = ("--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync")
    _done(place, place.runner.run(_binaries(place) / "initdb", "-D", new, "-U", NAME, *options))
    new.rename(place.data)


def _binaries(place: Place) -> Path:
    binaries = find_binaries()
    if place.runner.can_read(binaries / "postgres"):
        return binaries
    return copy_binaries(binaries, Path(place.folder) / "programs")


def _start(place: Place, *, durable: bool) -> None:
    binaries = _binaries(place)
    _refuse_other_version(place, binaries)
    _clear_after_crash(place)
    _private_folder(place.socket_folder(), place.runner)
    settings = SETTINGS | ({} if durable else NOT_DURABLE) | {"unix_socket_directories": str(place.socket_folder())}
    if not os.access("/dev/shm", os.W_OK):
        settings["dynamic_shared_memory_type"] = "mmap"
    options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
    pg_ctl = (binaries / "pg_ctl", "-D", place.data, "-l", place.log, "-o", options, "-w", "-t", "60", "start")
    _done(place, place.runner.run(*pg_ctl))
    _make_database(place)


def _refuse_other_version(place: Place, binaries: Path) -> None:
    made_by = (place.data / "PG_VERSION").read_text("ascii").strip()
    if made_by != (found := major_version(binaries)):
        raise SourceUnavailable(
            f"{place.data} was made by PostgreSQL {made_by}, but the programs found are of version {found}; "
            f"set PG_BINDIR to those of {made_by}, or begin anew with another TRADEFLOWS_HOME"
        )


def _private_folder(folder: Path, runner: Runner) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (runner.account is None and found.st_uid != os.getuid()):
        raise SourceUnavailable(f"{folder} belongs to somebody else; set TRADEFLOWS_HOME to a shorter path")
    folder.chmod(0o700)
    runner.own(folder)


def _make_database(place: Place) -> None:
    with psycopg.connect(host=str(place.socket_folder()), user=NAME, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME}".encode())


def _postmaster(place: Place) -> int | None:
    """Return the number of the server's process; null where it does not run."""
    number = _number_on_file(place)
    return number if number is not None and _works_in(number, place.data) else None


def _number_on_file(place: Place) -> int | None:
    try:
        return int((place.data / "postmaster.pid").read_text("utf-8").split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _works_in(number: int | str, folder: Path) -> bool:
    try:
        return Path(f"/proc/{number}/cwd").readlink() == folder
    except OSError:
        return False


def _clear_after_crash(place: Place) -> None:
    """Remove the marks of a server that is gone, once the last of its processes is gone, too.

    The number in them may by now be that of a foreign process, or of one that died and was not waited for;
    at the sight of either PostgreSQL refuses to start.
    """
    end = time.monotonic() + SECONDS_TO_DIE
    while any(_works_in(entry.name, place.data) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        if time.monotonic() > end:
            raise SourceUnavailable(f"processes of a server that crashed still work in {place.data}; end them first")
        time.sleep(0.05)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    (place.socket_folder() / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _done(place: Place, finished: "subprocess.CompletedProcess[str]") -> None:
    if finished.returncode == 0:
        return
    said = finished.stdout.strip()
    if "could not look up effective user" in said:
        said += "\nThe user has no entry in the list of accounts; give it one, or set DATABASE_URL to a server."
    log = place.log.read_text("utf-8", errors="replace").splitlines()[-5:] if place.log.exists() else []
    raise SourceUnavailable("\n".join(["PostgreSQL does not start:", said, *log]))
