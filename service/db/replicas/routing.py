"""Which server is read: a standby that has the newest data, else another that has; never one that is behind."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Engine

from service.db.replicas.server import Server, State
from service.errors import NoSuchVersion, NotCaughtUp

LOOK_AGAIN_S = 0.01
"""How often a server that is behind is looked at, in seconds."""


@dataclass(frozen=True)
class Reading:
    """The server that a request reads, and the version of its data."""

    server: Server
    version: int


class Servers:
    """The primary, which is loaded into and knows the newest version of the data, and those that are read.

    Several threads may use it at once.
    """

    def __init__(self, primary: Server, replicas: Sequence[Server], *, catch_up_s: float) -> None:
        self.primary, self.replicas = primary, tuple(replicas)
        self._catch_up_s = catch_up_s
        self._highest = 0
        self._turns = count()

    @classmethod
    def alone(cls, engine: Engine, *, export_engine: Engine | None = None) -> "Servers":
        """Return the one server of `engine`, read for exports by `export_engine`, or by `engine` too."""
        return cls(Server(engine, export_engine=export_engine or engine, watch=engine), (), catch_up_s=0)

    @property
    def all(self) -> tuple[Server, ...]:
        """Return all of them, the primary first."""
        return (self.primary, *self.replicas)

    @property
    def notes(self) -> list[str]:
        """Return in words which of several are away; nothing of one that alone answers."""
        if not self.replicas:
            return []
        away = sum(server.is_away for server in self.replicas)
        primary = ["The primary is away: nothing can be loaded; promote a standby."] if self.primary.is_away else []
        return primary + ([f"{away} of {len(self.replicas)} servers that are read are away."] if away else [])

    def reading(self, *, at_least: int = 0) -> Reading:
        """Return a server that has the newest data there are, and what version that is; never below `at_least`.

        Where the primary does not say what is the newest, it is what was seen here, or by the client: `at_least`.

        :raises NoSuchVersion: the newest data are of a version below `at_least`.
        :raises NotCaughtUp: no server that can be reached has data that new.
        """
        newest = self._newest()
        if newest is not None and newest.version < at_least:
            raise NoSuchVersion(at_least, newest=newest.version)
        wanted = max(at_least, self._highest) if newest is None else newest.version
        reading = self._reading_of_replica(wanted)
        if reading is None and newest is not None:
            reading = Reading(self.primary, newest.version)
        if reading is None:
            raise NotCaughtUp(f"No server that can be reached has the data of version {wanted} yet; try again shortly.")
        self._highest = reading.version
        return reading

    def _newest(self) -> State | None:
        """Return the state of the primary; null where it is away, or follows another, and so does not know."""
        state = self.primary.state()
        return None if state is None or state.is_standby else state

    def _reading_of_replica(self, version: int) -> Reading | None:
        """Return a replica with data that new; standbys are waited for a while, in case they are behind."""
        end = time.monotonic() + self._catch_up_s
        while True:
            standbys, others = self._in_turn()
            if (reading := _first_at(version, standbys)) is not None:
                return reading
            if time.monotonic() >= end or all(server.is_away for server in standbys):
                return _first_at(version, others)
            time.sleep(LOOK_AGAIN_S)

    def _in_turn(self) -> tuple[list[Server], list[Server]]:
        """Return the replicas that are standbys, and those that are not, each time beginning with another."""
        first = next(self._turns) % len(self.replicas) if self.replicas else 0
        turned = (*self.replicas[first:], *self.replicas[:first])
        return [one for one in turned if one.is_standby], [one for one in turned if not one.is_standby]


def _first_at(version: int, servers: Sequence[Server]) -> Reading | None:
    for server in servers:
        state = server.state_at(version)
        if state is not None:
            return Reading(server, state.version)
    return None
