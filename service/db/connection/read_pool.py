"""Connections for what is asked most, as many as the pool has: what each of them does is in prepared.py."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from queue import Empty, LifoQueue
from time import monotonic
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from service.db.connection.prepared_connection import Prepared, Read
from service.db.connection.timeouts import DeadlinePassed, ping

RESTED_S = 0.1
"""A connection that nobody used for so many seconds is tested before it is used."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class _Idle:
    connection: Prepared
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
        return self._with_connection(Prepared.version)

    def read(self, sql: bytes, values: Sequence[str | None] = ()) -> Read:
        """Return the rows of a statement with `$1` for the first of `values`, which are written as PostgreSQL does.

        With them comes the version of all data after they were read.

        :raises DBAPIError: the database does not answer, or not in time.
        :raises PoolTimeout: all connections are in use.
        """
        with self.asking(sql):
            return self._with_connection(lambda connection: connection.read(sql, values))

    def close(self) -> None:
        """Close the connections that are not in use."""
        while True:
            try:
                idle = self._free.get_nowait()
            except Empty:
                return
            if idle is not None:
                idle.connection.connection.close()

    def _with_connection(self, work: Callable[[Prepared], Result]) -> Result:
        idle, used = self._take(), None
        self.taken()
        try:
            used = self._tested(idle) or self._connected()
            try:
                return work(used)
            except psycopg.OperationalError as error:
                # Broken since it was used last: what is only read may be asked again.
                if idle is None or not used.connection.closed or isinstance(error, DeadlinePassed):
                    raise
            used = self._connected()
            return work(used)
        except psycopg.Error as error:
            raise _as_sqlalchemys(error, broken=used is None or used.connection.closed) from error
        finally:
            self.returned()
            self._free.put(None if used is None or used.connection.closed else _Idle(used, monotonic()))

    def _take(self) -> _Idle | None:
        """Return a connection that was used before; null where one is to be made."""
        try:
            return self._free.get(timeout=self._timeout_s)
        except Empty as error:
            raise PoolTimeout("all connections for prepared statements are in use") from error

    def _tested(self, idle: _Idle | None) -> Prepared | None:
        """Return a connection that was used before, if the server still answers by it; else null."""
        if idle is None:
            return None
        if monotonic() - idle.since > RESTED_S:
            try:
                ping(idle.connection.connection)
            except psycopg.OperationalError:
                return None
        return idle.connection

    def _connected(self) -> Prepared:
        pooled = self._engine.raw_connection()
        connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
        pooled.detach()
        return Prepared(connection)


def _nothing() -> None:
    """Do nothing: nobody watches."""


def _as_sqlalchemys(error: psycopg.Error, *, broken: bool) -> BaseException:
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=broken)
