"""Workers of gunicorn that share connections: one that holds more than another lets that one accept first.

All are woken when a client connects, and whoever runs first has it. Without this, clients that connect at once and stay
are all of one worker now and then, and the others have nothing to do.
"""

import time
from itertools import count
from mmap import mmap
from typing import Any

from service.server import load_shedding_worker

MOST_WORKERS = 64
"""Workers that are told of each other; more of them accept as they come."""
NOBODY = 2**31 - 1
LONGEST_S = 0.005
MOST_AT_ONCE_S, SHARE = 0.025, 0.02
"""How long a worker waits in all for clients that begin together, and what share of its time where more go on coming:
one that waited for each would not keep up."""
HELD = memoryview(mmap(-1, 4 * (MOST_WORKERS + 1))).cast("i")
"""How many connections each worker holds, in memory that the processes share; those past the most have one number."""
HELD[:] = memoryview(NOBODY.to_bytes(4, "little") * len(HELD)).cast("i")


class Worker(load_shedding_worker.Worker):
    """A worker that waits a moment with a new connection, a millisecond for each that it has more than another."""

    place: int
    may_wait_s = MOST_AT_ONCE_S
    waited_at = 0.0

    def accept(self, listener: Any) -> None:
        """Accept a connection, if no other worker has in the meantime."""
        HELD[self.place] = self.nr_conns
        more = self.nr_conns - min(HELD)
        if more > 0:
            self._wait(min(more / 1000, LONGEST_S))
        super().accept(listener)
        HELD[self.place] = self.nr_conns

    def _wait(self, seconds: float) -> None:
        now = time.monotonic()
        self.may_wait_s = min(MOST_AT_ONCE_S, self.may_wait_s + SHARE * (now - self.waited_at))
        self.waited_at = now
        if seconds <= self.may_wait_s:
            self.may_wait_s -= seconds
            time.sleep(seconds)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Look after a connection whose request is answered."""
        super().finish_request(conn, fs)
        HELD[self.place] = self.nr_conns

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or cease to accept; who has ceased is not waited for."""
        super().set_accept_enabled(enabled)
        HELD[self.place] = self.nr_conns if enabled else NOBODY


def take_place(worker: Any, others: Any) -> None:
    """Give a worker a number that none of the others has."""
    taken = {other.place for other in others}
    worker.place = next(place for place in count() if place not in taken or place == MOST_WORKERS)


def leave_place(worker: Any) -> None:
    """Let nobody wait for a worker that has ended."""
    HELD[worker.place] = NOBODY
