"""Processes of an embedded server: detection, and cleanup after a crash."""

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
    """The first process of a server, as `postmaster.pid` describes it."""

    pid: int
    socket_folder: str
    is_ready: bool


def find_postmaster(directory: DataDirectory) -> Postmaster | None:
    """Return the first process of the server; null where the server does not run."""
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
    """Wait for the end of an earlier server, remove its lock files, and yield the descriptor of a lock for the next.

    PostgreSQL does not start while the process id in such a file belongs to any process, even a foreign one. All
    processes of the server inherit the lock, so it also detects a server that runs in another container.

    :raises SourceUnavailable: processes of the earlier server do not end.
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
    """Wait until the condition is true, at most `timeout_s`, and return whether it is."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
