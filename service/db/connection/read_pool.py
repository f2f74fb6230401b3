"""The pool of database connections for reads, which can prepare their statements."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from queue import Empty, LifoQueue
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from service.db.connection.prepared_connection import PreparedConnection, Rows
from service.db.connection.timeouts import ClientTimeout, ping
from service.domain.data_state import DataState

MAX_IDLE_S = 0.1
"""Seconds without use after which a connection is tested before its next use."""

_POOL_EXHAUSTED = "all connections of the read pool are in use"

WorkResult = TypeVar("WorkResult")


@dataclass(frozen=True)
class _IdleConnection:
    connection: PreparedConnection
    idle_start_s: float


class FifoSemaphore:
    """A semaphore that threads acquire in the order of their calls.

    With threading.Semaphore a later thread can overtake waiting threads, some of which then wait until their timeout.
    """

    def __init__(self, value: int) -> None:
        self._value, self._lock = value, Lock()
        self._waiting: deque[Lock] = deque()

    @property
    def waiting(self) -> int:
        """Return the number of waiting threads."""
        return len(self._waiting)

    def acquire(self, *, timeout: float) -> bool:
        """Acquire one unit, waiting at most `timeout` seconds; return whether it was acquired."""
        with self._lock:
            if self._value:
                self._value -= 1
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._lock:
            if turn not in self._waiting:
                return True  # passed just now
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Release one unit; the thread that has waited longest acquires it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._value += 1


class ReadPool:
    """A pool of connections that `engine` opens: as many as the engine's own pool allows, with the same timeout.

    One further connection is reserved for reading the state of the data, so that a cached response never waits for
    queries of other requests.

    Several threads may use the pool at once. It raises the exceptions of SQLAlchemy. `checkout_hook` and
    `checkin_hook` are called when a connection is checked out and in; `statement_hook` receives the SQL text of each
    statement and returns a context manager for its execution. Without `prepare` no statement is prepared, as poolers
    such as PgBouncer require.
    """

    def __init__(self, engine: Engine, *, prepare: bool = True) -> None:
        self._engine = engine
        self._is_preparing = prepare
        pool = engine.pool
        size, self._timeout_s = (pool.size(), pool.timeout()) if isinstance(pool, QueuePool) else (5, 30.0)
        self._read_slots = FifoSemaphore(size)
        self._idle_connections: LifoQueue[_IdleConnection | None] = LifoQueue()
        for _ in range(size + 1):
            self._idle_connections.put(None)
        self.checkout_hook: Callable[[], None] = _do_nothing
        self.checkin_hook: Callable[[], None] = _do_nothing
        self.statement_hook: Callable[[bytes], AbstractContextManager[object]] = nullcontext

    def data_state(self) -> DataState:
        """Return the present state of the data, read from the database."""
        return self._run(PreparedConnection.data_state)

    def read(self, sql: bytes, values: Sequence[str] = ()) -> Rows:
        """Return the rows of an SQL statement.

        `$1` in the statement stands for the first of `values`, which are in PostgreSQL's text format.

        :raises DBAPIError: the database reports an error, or does not answer in time.
        :raises PoolTimeout: all connections are in use.
        """
        if not self._read_slots.acquire(timeout=self._timeout_s):
            raise PoolTimeout(_POOL_EXHAUSTED)
        try:
            with self.statement_hook(sql):
                return self._run(PreparedConnection.read, sql, values)
        finally:
            self._read_slots.release()

    def close(self) -> None:
        """Close all idle connections."""
        while True:
            try:
                idle = self._idle_connections.get_nowait()
            except Empty:
                return
            if idle is not None:
                idle.connection.connection.close()

    def _run(self, work: Callable[..., WorkResult], *arguments: Any) -> WorkResult:
        idle, used = self._acquire(), None
        self.checkout_hook()
        try:
            used = self._ping_if_idle(idle) or self._connect()
            try:
                return work(used, *arguments)
            except psycopg.OperationalError as error:
                # The connection broke since its last use. A read can be repeated.
                if idle is None or not used.connection.closed or isinstance(error, ClientTimeout):
                    raise
            used = self._connect()
            return work(used, *arguments)
        except psycopg.Error as error:
            raise _sqlalchemy_error(error, is_broken=used is None or used.connection.closed) from error
        finally:
            self.checkin_hook()
            self._idle_connections.put(
                None if used is None or used.connection.closed else _IdleConnection(used, monotonic())
            )

    def _acquire(self) -> _IdleConnection | None:
        """Return an idle connection; null where a new one has to be opened."""
        try:
            return self._idle_connections.get(timeout=self._timeout_s)
        except Empty as error:
            raise PoolTimeout(_POOL_EXHAUSTED) from error

    def _ping_if_idle(self, idle: _IdleConnection | None) -> PreparedConnection | None:
        """Return the idle connection if the server still answers on it; else null."""
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
    """Do nothing: the default of hooks."""


def _sqlalchemy_error(error: psycopg.Error, *, is_broken: bool) -> BaseException:
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=is_broken)
