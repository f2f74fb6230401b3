"""The pool of read connections, which prepare their statements."""

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

from service.db.connection.prepared_connection import PreparedConnection, Rows
from service.db.connection.timeouts import ClientTimeout, ping

MAX_IDLE_S = 0.1
"""A connection that nobody used for so many seconds is tested before it is used."""

WorkResult = TypeVar("WorkResult")


@dataclass(frozen=True)
class _IdleConnection:
    connection: PreparedConnection
    idle_start_s: float


class ReadPool:
    """A pool of connections of `engine`: as many as the engine's own pool has, with the same timeout.

    Several threads may use it at once. It raises the exceptions of SQLAlchemy. `checkout_hook` and `checkin_hook` are
    called when a connection is checked out and in; `statement_hook` returns a context manager for each statement.
    Without `prepare`, statements are not prepared.
    """

    def __init__(self, engine: Engine, *, prepare: bool = True) -> None:
        self._engine = engine
        self._is_preparing = prepare
        pool = engine.pool
        size, self._timeout_s = (pool.size(), pool.timeout()) if isinstance(pool, QueuePool) else (5, 30.0)
        self._idle_connections: LifoQueue[_IdleConnection | None] = LifoQueue()
        for _ in range(size):
            self._idle_connections.put(None)
        self.checkout_hook: Callable[[], None] = _do_nothing
        self.checkin_hook: Callable[[], None] = _do_nothing
        self.statement_hook: Callable[[bytes], AbstractContextManager[object]] = nullcontext

    def data_version(self) -> int:
        """Return the data version; 0 where nothing was ever loaded."""
        return self._run(PreparedConnection.data_version)

    def read(self, sql: bytes, values: Sequence[str | None] = ()) -> tuple[Rows, int]:
        """Return the rows of a statement, and the data version that they are of.

        `$1` in the statement stands for the first of `values`, which are in PostgreSQL's text format. The last column
        is the data version.

        :raises DBAPIError: the database does not answer, or not in time.
        :raises PoolTimeout: all connections are in use.
        """
        with self.statement_hook(sql):
            return self._run(lambda connection: connection.read(sql, values))

    def close(self) -> None:
        """Close the connections that are not in use."""
        while True:
            try:
                idle = self._idle_connections.get_nowait()
            except Empty:
                return
            if idle is not None:
                idle.connection.connection.close()

    def _run(self, work: Callable[[PreparedConnection], WorkResult]) -> WorkResult:
        idle, used = self._acquire(), None
        self.checkout_hook()
        try:
            used = self._ping_if_idle(idle) or self._connect()
            try:
                return work(used)
            except psycopg.OperationalError as error:
                # Broken since it was used last: what is only read may be asked again.
                if idle is None or not used.connection.closed or isinstance(error, ClientTimeout):
                    raise
            used = self._connect()
            return work(used)
        except psycopg.Error as error:
            raise _sqlalchemy_error(error, is_broken=used is None or used.connection.closed) from error
        finally:
            self.checkin_hook()
            self._idle_connections.put(
                None if used is None or used.connection.closed else _IdleConnection(used, monotonic())
            )

    def _acquire(self) -> _IdleConnection | None:
        """Return a connection that was used before; null where one is to be made."""
        try:
            return self._idle_connections.get(timeout=self._timeout_s)
        except Empty as error:
            raise PoolTimeout("all connections for prepared statements are in use") from error

    def _ping_if_idle(self, idle: _IdleConnection | None) -> PreparedConnection | None:
        """Return a connection that was used before, if the server still answers by it; else null."""
        if idle is None:
            return None
        if monotonic() - idle.idle_start_s > MAX_IDLE_S:
            try:
                ping(idle.connection.connection)
            except psycopg.OperationalError:
                return None
        return idle.connection

    def _connect(self) -> PreparedConnection:
        pooled = self._engine.raw_connection()
        connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
        pooled.detach()
        return PreparedConnection(connection, prepare=self._is_preparing)


def _do_nothing() -> None:
    """Do nothing: nobody watches."""


def _sqlalchemy_error(error: psycopg.Error, *, is_broken: bool) -> BaseException:
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=is_broken)
