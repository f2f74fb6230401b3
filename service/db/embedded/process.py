"""What is known of a server's processes: whether it runs, where it listens, and what a crash left of it."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.db.embedded.data_directory import PORT, Place
from service.errors import SourceUnavailable

SECONDS_TO_DIE = 20


@dataclass(frozen=True)
class Postmaster:
    """The server's first process, as its own file tells."""

    number: int
    socket_folder: str
    is_ready: bool


def running_postmaster(place: Place) -> Postmaster | None:
    """Return the server's first process; null where it does not run."""
    try:
        lines = (place.data / "postmaster.pid").read_text("utf-8").split("\n")
        number = int(lines[0])
    except (FileNotFoundError, ValueError):
        return None
    if number not in place.runner.processes_in(place.data):
        return None
    lines += [""] * 8  # it is written line by line while the server starts
    return Postmaster(number, socket_folder=lines[4], is_ready=lines[7].strip() == "ready")


@contextmanager
def alone_with_data(place: Place, *, home: Path) -> Iterator[int]:
    """Wait until no process of an earlier server is left, remove its marks, and yield a lock for the next one.

    The number in the marks may by now be that of a foreign process, or of one that died and was not waited for;
    at the sight of either PostgreSQL refuses to start. The lock is inherited by all processes of the server, so
    that it tells of those, too, that cannot be seen from here because they run in another container.

    :raises SourceUnavailable: there are processes that do not end.
    """
    if not within(SECONDS_TO_DIE, lambda: not place.runner.processes_in(place.data)):
        numbers = ", ".join(map(str, place.runner.processes_in(place.data)))
        raise SourceUnavailable(f"processes {numbers}, of a server that crashed, work in {place.data}; end them")
    with (home / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceUnavailable(
                f"another container runs the server of {home}; stop that one, or set DATABASE_URL to a server"
            ) from error
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        (place.socket_folder() / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        yield lock.fileno()


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Return whether the condition comes true within so many seconds, and return as soon as it does."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
