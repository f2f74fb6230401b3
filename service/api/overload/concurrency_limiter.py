"""A door that lets in so many at once, and of those who have to wait the newest first.

First come, first served would have all wait for as long as they may while more come than leave. So whoever is let in
then has hardly waited, and is answered about as fast as ever. A few that come at once and then no more, as a page asks,
all wait and are all let in.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

Clock = Callable[[], float]
CROWDED_S = 0.1
"""Who is turned away shortly after another is one of a crowd; when a crowd lasts as long, one waits, no more."""


class Door:
    """Lets in `at_once`; up to `waiting` more wait for `wait_s` seconds at most, the oldest of them making room.

    `clock` tells seconds. Several threads may use it at once.
    """

    def __init__(self, *, at_once: int, waiting: int, wait_s: float, clock: Clock = time.monotonic) -> None:
        self._lock = Lock()
        self._places, self._most_waiting, self._wait_s = at_once, waiting, wait_s
        self._waiting: deque[_Waiter] = deque()
        self._clock = clock
        self._crowd_began = self._turned_away_at = -math.inf

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def turns_away(self) -> bool:
        """Return whether more come than can be let in, and somebody waits: one more need not even knock."""
        if not (self.waiting and self._crowd_lasts()):
            return False
        self._note_turned_away()
        return True

    def enter(self) -> bool:
        """Return whether who asks is let in, after some waiting if need be; who is has to leave."""
        with self._lock:
            if self._places:
                self._places -= 1
                return True
            if not self._most_waiting:
                return False
            waiter = self._waiting_too()
        if not waiter.was_told_within(self._wait_s):
            with self._lock:
                if waiter in self._waiting:
                    self._waiting.remove(waiter)
        return waiter.is_in

    def _waiting_too(self) -> "_Waiter":
        """Return one more who waits, in the place of others where there are too many."""
        most = 1 if self._crowd_lasts() else self._most_waiting
        while len(self._waiting) >= most:
            self._waiting.popleft().tell(is_in=False)
            self._note_turned_away()
        waiter = _Waiter()
        self._waiting.append(waiter)
        return waiter

    def _crowd_lasts(self) -> bool:
        now = self._clock()
        return now - self._turned_away_at < CROWDED_S <= now - self._crowd_began

    def _note_turned_away(self) -> None:
        now = self._clock()
        if now - self._turned_away_at >= CROWDED_S:
            self._crowd_began = now
        self._turned_away_at = now

    def leave(self) -> None:
        """Make room for whoever came last, or comes next."""
        with self._lock:
            if self._waiting:
                self._waiting.pop().tell(is_in=True)
            else:
                self._places += 1


class _Waiter:
    """Who waits to be told whether they are let in."""

    def __init__(self) -> None:
        self.is_in = False
        self._told = Lock()
        self._told.acquire()

    def tell(self, *, is_in: bool) -> None:
        self.is_in = is_in
        self._told.release()

    def was_told_within(self, seconds: float) -> bool:
        return self._told.acquire(timeout=seconds)
