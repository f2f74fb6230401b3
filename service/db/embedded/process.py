"""Processes of the embedded PostgreSQL server: detection, and cleanup after a crash."""

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
    """The main process of a PostgreSQL server, as the file `postmaster.pid` describes it."""

    pid: int
    socket_folder: str
    is_ready: bool


def find_postmaster(directory: DataDirectory) -> Postmaster | None:
    """Return the main process of the server of a data directory; null where the server does not run."""
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
    """Reserve the data directory for a new server, and yield the file descriptor of a lock that the server inherits.

    Before that, wait until an earlier server has ended, and remove its lock files: PostgreSQL does not start while the
    process id in such a file belongs to any process, even one that is not PostgreSQL. All processes of the server
    inherit the lock, so that it also detects a server that runs in another container.

    :raises SourceUnavailable: processes of the earlier server do not end, or another container runs the server.
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
    """Wait until the condition is true, at most `timeout_s` seconds, and return whether it became true."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
