"""Choice of the database server that a request reads: a standby with the newest data, else the primary.

A standby that lags behind is never chosen.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Engine

from service.db.replicas.server import Server, ServerState
from service.domain.data_state import DataState
from service.errors import LaggingReplica, UnknownDataVersion

POLL_INTERVAL_S = 0.01
"""Seconds between two queries for the state of a lagging server."""


@dataclass(frozen=True)
class ChosenServer:
    """The database server that a request reads from, and the state of the data on it."""

    server: Server
    data_state: DataState


class ReplicaSet:
    """The primary database server, which has the newest data version, and the replicas that answer reads.

    Several threads may use it at once.
    """

    def __init__(self, primary: Server, replicas: Sequence[Server], *, replica_wait_s: float) -> None:
        self.primary, self.replicas = primary, tuple(replicas)
        self._replica_wait_s = replica_wait_s
        self._max_version = 0
        self._rotation = count()

    @classmethod
    def single(cls, engine: Engine, *, export_engine: Engine | None = None) -> "ReplicaSet":
        """Return a set of one server without replicas; exports use `engine` too unless there is an `export_engine`."""
        return cls(Server(engine, export_engine=export_engine or engine, monitor_engine=engine), (), replica_wait_s=0)

    @property
    def servers(self) -> tuple[Server, ...]:
        """Return all servers, the primary first."""
        return (self.primary, *self.replicas)

    @property
    def warnings(self) -> list[str]:
        """Return a message about a primary that is down and one about replicas that are down; none without replicas."""
        if not self.replicas:
            return []
        away = sum(server.is_down for server in self.replicas)
        primary = ["The primary is away: nothing can be loaded; promote a standby."] if self.primary.is_down else []
        return primary + ([f"{away} of {len(self.replicas)} servers that are read are away."] if away else [])

    def choose_server(self, *, min_version: int = 0) -> ChosenServer:
        """Return a server with the newest data, and the state of its data, whose version is at least `min_version`.

        `min_version` is the newest version that the client has seen. If the primary is down, the newest version is the
        newest one that this process or the client has seen.

        :raises UnknownDataVersion: the newest data have a version below `min_version`.
        :raises LaggingReplica: no server that answers has data of the newest version.
        """
        newest = self._primary_state()
        if newest is not None and newest.version < min_version:
            raise UnknownDataVersion(min_version, newest=newest.version)
        required_version = max(min_version, self._max_version) if newest is None else newest.version
        reading = self._choose_replica(required_version)
        if reading is None and newest is not None:
            reading = ChosenServer(self.primary, newest.data_state)
        if reading is None:
            raise LaggingReplica(
                f"No server that can be reached has the data of version {required_version} yet; try again shortly."
            )
        self._max_version = reading.data_state.version
        return reading

    def _primary_state(self) -> ServerState | None:
        """Return the state of the primary; null where it is down, or is itself a standby."""
        state = self.primary.fetch_state()
        return None if state is None or state.is_standby else state

    def _choose_replica(self, version: int) -> ChosenServer | None:
        """Return a replica with data of that version; lagging standbys get some time to catch up."""
        end = time.monotonic() + self._replica_wait_s
        while True:
            standbys, others = self._rotate_replicas()
            if (reading := _first_current(version, standbys)) is not None:
                return reading
            if time.monotonic() >= end or all(server.is_down for server in standbys):
                return _first_current(version, others)
            time.sleep(POLL_INTERVAL_S)

    def _rotate_replicas(self) -> tuple[list[Server], list[Server]]:
        """Return the standbys and the other replicas, each list rotated by one at every call."""
        first = next(self._rotation) % len(self.replicas) if self.replicas else 0
        rotated = (*self.replicas[first:], *self.replicas[:first])
        return [one for one in rotated if one.is_standby], [one for one in rotated if not one.is_standby]


def _first_current(version: int, servers: Sequence[Server]) -> ChosenServer | None:
    for server in servers:
        state = server.state_if_current(version)
        if state is not None:
            return ChosenServer(server, state.data_state)
    return None
