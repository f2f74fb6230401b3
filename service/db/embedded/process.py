"""What is known of a server's processes: whether it runs, where it listens, and what a crash left of it."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.db.embedded.data_directory import SOCKET_PORT, DataDirectory
from service.errors import SourceUnavailable

CRASH_CLEANUP_TIMEOUT_S = 20


@dataclass(frozen=True)
class Postmaster:
    """The server's first process, as its own file tells."""

    pid: int
    socket_folder: str
    is_ready: bool


def find_postmaster(directory: DataDirectory) -> Postmaster | None:
    """Return the server's first process; null where it does not run."""
    try:
        lines = (directory.pgdata / "postmaster.pid").read_text("utf-8").split("\n")
        number = int(lines[0])
    except (FileNotFoundError, ValueError):
        return None
    if number not in directory.runner.find_processes(directory.pgdata):
        return None
    lines += [""] * 8  # it is written line by line while the server starts
    return Postmaster(number, socket_folder=lines[4], is_ready=lines[7].strip() == "ready")


@contextmanager
def exclusive_data_directory(directory: DataDirectory, *, home: Path) -> Iterator[int]:
    """Wait until no process of an earlier server is left, remove its marks, and yield a lock for the next one.

    The number in the marks may by now be that of a foreign process, or of one that died and was not waited for;
    at the sight of either PostgreSQL refuses to start. The lock is inherited by all processes of the server, so
    that it tells of those, too, that cannot be seen from here because they run in another container.

    :raises SourceUnavailable: there are processes that do not end.
    """
    if not wait_until(CRASH_CLEANUP_TIMEOUT_S, lambda: not directory.runner.find_processes(directory.pgdata)):
        numbers = ", ".join(map(str, directory.runner.find_processes(directory.pgdata)))
        raise SourceUnavailable(f"processes {numbers}, of a server that crashed, work in {directory.pgdata}; end them")
    with (home / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceUnavailable(
                f"another container runs the server of {home}; stop that one, or set DATABASE_URL to a server"
            ) from error
        (directory.pgdata / "postmaster.pid").unlink(missing_ok=True)
        (directory.socket_folder() / f".s.PGSQL.{SOCKET_PORT}.lock").unlink(missing_ok=True)
        yield lock.fileno()


def wait_until(timeout_s: float, condition: Callable[[], bool]) -> bool:
    """Return whether the condition comes true within so many seconds, and return as soon as it does."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
