"""Metrics for Prometheus.

The variable PROMETHEUS_MULTIPROC_DIR names a folder in which each process stores its counters. With it, metrics are
sums over all processes.
"""

import os
import time
from collections.abc import Iterable
from functools import lru_cache

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from sqlalchemy import Engine, QueuePool, event

from service.api.blueprint import Blueprint
from service.api.database.database import Database
from service.api.database.request_context import DATABASE_EXTENSION
from service.api.log_context import log_fields
from service.api.observability.access_log import INTERNAL_REQUEST
from service.api.observability.collectors import DataCollector, ReplicaCollector
from service.db.replicas.routing import ReplicaSet

REQUEST_DURATION_SECONDS = Histogram(
    "tradeflows_http_request_duration_seconds",
    "Time from the arrival of a request to its response, in seconds.",
    ["route", "status"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
REJECTED_REQUESTS = Counter("tradeflows_requests_rejected", "Requests refused with 503 because of overload.")
CONNECTIONS_IN_USE = Gauge(
    "tradeflows_db_connections_in_use",
    "Database connections in use, by pool: prepared (queries), answers (other statements), exports.",
    ["pool"],
    multiprocess_mode="livesum",
)
CONNECTION_LIMIT = Gauge(
    "tradeflows_db_connections_max", "Size of each pool of database connections.", ["pool"], multiprocess_mode="livesum"
)
CACHE_RESULTS = Counter(
    "tradeflows_cache_requests",
    "Requests by result of the response cache: hit, miss, or not_modified (304).",
    ["result"],
)
blueprint = Blueprint("metrics", __name__, description="Metrics for monitoring.")


def init_metrics(app: Flask, servers: ReplicaSet) -> None:
    """Measure the requests of `app` and the database connections to `servers`, several of which may share an engine."""
    app.after_request(_observe_response)
    engines = [server.engine for server in servers.servers]
    _count_connections(engines, "answers")
    _count_connections({server.export_engine for server in servers.servers} - set(engines), "exports")
    database: Database = app.extensions[DATABASE_EXTENSION]
    all_reads = database.read_pools.values()
    used_connections = _set_connection_limit(engines if all_reads else (), "prepared")
    for reads in all_reads:
        reads.checkout_hook, reads.checkin_hook = used_connections.inc, used_connections.dec


def _count_connections(engines: Iterable[Engine], pool: str) -> None:
    used_connections = _set_connection_limit(engines, pool)
    for engine in engines:
        event.listen(engine, "checkout", lambda *_connection: used_connections.inc())
        for leaving in ("checkin", "detach"):
            event.listen(engine, leaving, lambda *_connection: used_connections.dec())


def _set_connection_limit(engines: Iterable[Engine], pool: str) -> Gauge:
    """Set the gauge of the connection limit from the pool sizes of `engines`; return the gauge of used connections."""
    sizes = [engine.pool.size() for engine in engines if isinstance(engine.pool, QueuePool)]
    if sizes:
        CONNECTION_LIMIT.labels(pool).set(sum(sizes))
    return CONNECTIONS_IN_USE.labels(pool)


def _observe_response(response: Response) -> Response:
    if INTERNAL_REQUEST not in request.environ:
        route = request.url_rule.rule if request.url_rule else "none"
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        observe_request(route, response.status_code, seconds, cache=log_fields().get("cache"))
    return response


def observe_request(route: str, status: int, seconds: float, *, cache: str | None) -> None:
    """Count a response in the metrics.

    `cache` is the result of the response cache, such as `hit`; null where the cache is not used.
    """
    _request_duration(route, status).observe(seconds)
    if cache:
        CACHE_RESULTS.labels(cache).inc()


@lru_cache(maxsize=1000)
def _request_duration(route: str, status: int) -> Histogram:
    return REQUEST_DURATION_SECONDS.labels(route, status)


@blueprint.get_route(
    "/metrics",
    {"type": "string", "description": "Metrics, a line each.", "example": "tradeflows_database_up 1.0"},
    description="Metrics in the text format of Prometheus.",
    media_type="text/plain",
)
def get_metrics() -> Response:
    """Metrics in the format of Prometheus.

    Latency by route and status, shed requests, connections in use, cache results, age of the loaded data, state and
    lag of replicas. A public proxy should not pass this path.
    """
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    registry.register(DataCollector())
    registry.register(ReplicaCollector())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
