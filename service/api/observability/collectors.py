"""Metrics that are read when Prometheus requests them: the loaded data, and the state of the database servers."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.api.database.request_context import current_context, current_database
from service.db.replicas.server import ServerState
from service.errors import LaggingReplica


class DataCollector(Collector):
    """A collector of the data version, the age of each dataset's newest release, and whether the database is up."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        available = GaugeMetricFamily("tradeflows_database_up", "1 where the database answers, else 0.")
        try:
            reference = current_context().reference
        except (DBAPIError, PoolTimeout, LaggingReplica):
            available.add_metric([], 0)
            yield available
            return
        available.add_metric([], 1)
        yield available
        yield GaugeMetricFamily("tradeflows_data_version", "Moves with every load.", reference.version)
        age = GaugeMetricFamily(
            "tradeflows_release_age_seconds",
            "Time since the day on which the newest release was published.",
            labels=["dataset"],
        )
        for dataset in reference.datasets.values():
            newest = reference.newest_release(dataset.id)
            if newest is not None:
                age.add_metric([dataset.code], 86400 * (datetime.now(UTC).date() - newest.published_on).days)
        yield age


class ReplicaCollector(Collector):
    """A collector of the availability and the lag of each database server. Without replicas it has no metrics."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        labels = ["server", "role"]
        available = GaugeMetricFamily(
            "tradeflows_replica_up", "1 where a server of several answers, else 0.", labels=labels
        )
        lag_gauge = GaugeMetricFamily(
            "tradeflows_replica_lag_versions", "By how many loads its data are behind the newest.", labels=labels
        )
        states = _replica_states()
        newest = max((state.version for state in states.values() if state), default=0)
        for names, state in states.items():
            available.add_metric(names, state is not None)
            if state is not None:
                lag_gauge.add_metric(names, newest - state.version)
        yield available
        yield lag_gauge


def _replica_states() -> dict[tuple[str, str], ServerState | None]:
    """Return the states of the servers by name and role, null for servers that are down; busy servers are left out."""
    servers, states = current_database().servers, {}
    for server in servers.servers if servers.replicas else ():
        role = "primary" if server is servers.primary else "read"
        with suppress(PoolTimeout):
            states[server.name, role] = server.fetch_state()
    return states
