"""Connections for what is asked most: each statement prepared once on each of them, rows in binary, no transactions."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from queue import Empty, LifoQueue
from time import monotonic
from typing import Any, TypeVar, cast

import psycopg
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from service.db.deadline import DeadlinePassed, ping

MOST_PREPARED = 100
"""Statements that stay prepared on a connection; each takes some 100 KB of the server's memory."""
RESTED_S = 0.1
"""A connection that nobody used for so many seconds is tested before it is used."""
VERSION = b"version_of_all_data"
PREPARE_VERSION = b"PREPARE version_of_all_data AS SELECT version FROM data_version"
"""Asked at every request, so by the library beneath psycopg: a third of the work of a cursor."""

Connection = psycopg.Connection[Any]
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Idle:
    connection: Connection
    since: float


class Reads:
    """A pool of connections that are made as those of `engine` are, as many as it has, and wait as long for a free one.

    Several threads may use it at once. It raises what SQLAlchemy raises. `taken` and `returned` are called whenever a
    connection is taken into use and returned, and `asking` surrounds each statement.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        pool = engine.pool
        size, self._timeout_s = (pool.size(), pool.timeout()) if isinstance(pool, QueuePool) else (5, 30.0)
        self._free: LifoQueue[_Idle | None] = LifoQueue()
        for _ in range(size):
            self._free.put(None)
        self.taken: Callable[[], None] = _nothing
        self.returned: Callable[[], None] = _nothing
        self.asking: Callable[[bytes], AbstractContextManager[object]] = nullcontext

    def version(self) -> int:
        """Return the version of all data; 0 where nothing was ever entered."""
        return self._with_connection(_version_by)

    def rows(self, sql: bytes, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a statement with `$1` for the first of `values`, which are written as PostgreSQL does.

        :raises DBAPIError: the database does not answer, or not in time.
        :raises PoolTimeout: all connections are in use.
        """

        def fetch(connection: Connection) -> list[tuple[Any, ...]]:
            return psycopg.RawCursor(connection).execute(sql, values, prepare=True, binary=True).fetchall()

        with self.asking(sql):
            return self._with_connection(fetch)

    def close(self) -> None:
        """Close the connections that are not in use."""
        while True:
            try:
                idle = self._free.get_nowait()
            except Empty:
                return
            if idle is not None:
                idle.connection.close()

    def _with_connection(self, work: Callable[[Connection], Result]) -> Result:
        idle, connection = self._take(), None
        self.taken()
        try:
            connection = self._tested(idle) or self._connected()
            try:
                return work(connection)
            except psycopg.OperationalError as error:
                # Broken since it was used last: what is only read may be asked again.
                if idle is None or not connection.closed or isinstance(error, DeadlinePassed):
                    raise
            connection = self._connected()
            return work(connection)
        except psycopg.Error as error:
            raise _as_sqlalchemys(error, broken=connection is None or connection.closed) from error
        finally:
            self.returned()
            self._free.put(None if connection is None or connection.closed else _Idle(connection, monotonic()))

    def _take(self) -> _Idle | None:
        """Return a connection that was used before; null where one is to be made."""
        try:
            return self._free.get(timeout=self._timeout_s)
        except Empty as error:
            raise PoolTimeout("all connections for prepared statements are in use") from error

    def _tested(self, idle: _Idle | None) -> Connection | None:
        """Return a connection that was used before, if the server still answers by it; else null."""
        if idle is None:
            return None
        if monotonic() - idle.since > RESTED_S:
            try:
                ping(idle.connection)
            except psycopg.OperationalError:
                return None
        return idle.connection

    def _connected(self) -> Connection:
        pooled = self._engine.raw_connection()
        connection = cast("Connection", pooled.driver_connection)
        pooled.detach()
        connection.autocommit = True
        connection.prepared_max = MOST_PREPARED
        # A plan for any values is made once; one for these values would be made each time, at many times the cost.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(PREPARE_VERSION)
        return connection


def _version_by(connection: Connection) -> int:
    with connection.lock:
        connection.pgconn.send_query_prepared(VERSION, [], result_format=Format.BINARY)
        result = connection.wait(execute(connection.pgconn))[-1]
    if result.status != ExecStatus.TUPLES_OK:
        raise error_from_result(result)
    return int.from_bytes(result.get_value(0, 0) or b"", "big") if result.ntuples else 0


def _nothing() -> None:
    """Do nothing: nobody watches."""


def _as_sqlalchemys(error: psycopg.Error, *, broken: bool) -> BaseException:
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=broken)
