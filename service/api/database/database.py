"""The database of an application: its servers, their read connections, and the reference data that were read last."""

import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from service.api.database.query_executor import QueryExecutor
from service.api.resolution.reference_data import Reference
from service.db.connection.read_pool import ReadPool
from service.db.replicas.routing import ReplicaSet


class Database:
    """The servers of a database. Several threads may use it at once.

    `last_reference` are the reference data that were read last, of any data version; null before the first read.
    `executors` has the query executor of each server. `copy_hook` returns a function that takes the SQL text of a COPY
    statement and returns a context manager, within which an export runs the statement; tracing uses it.
    `prepare_statements` says whether statements are prepared on the connections, which some poolers do not support.
    """

    def __init__(self, servers: ReplicaSet, *, prepare_statements: bool = True) -> None:
        self.servers = servers
        self.read_pools = {server: ReadPool(server.engine, prepare=prepare_statements) for server in servers.servers}
        self.last_reference: Reference | None = None
        self.copy_hook: Callable[[], Callable[[str], AbstractContextManager[object]]] = lambda: nullcontext
        self.executors = {server: QueryExecutor(pool) for server, pool in self.read_pools.items()}
        for pool in self.read_pools.values():
            weakref.finalize(self, pool.close)
