"""A database server and its last known state: data version, availability, primary or standby."""

import time
from dataclasses import dataclass

import psycopg
from sqlalchemy import Engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from service.db.connection.timeouts import ClientTimeout
from service.db.replicas.urls import host_label
from service.domain.data_state import DataState, parse_data_state

RETRY_DELAY_S = 2.0
"""Seconds between attempts to reach a server that is down."""
MAX_STATE_AGE_S = 1.0
"""Seconds for which the last known state of a server is used without another query."""

_STATE_QUERY = text("SELECT max(version || ' ' || token), pg_is_in_recovery() FROM data_version")


@dataclass(frozen=True)
class ServerState:
    """The result of a query for the state of a server: the state of its data, and whether it is a standby.

    `check_time_s` is the value of time.monotonic() at the query.
    """

    data_state: DataState
    is_standby: bool
    check_time_s: float

    @property
    def version(self) -> int:
        """Return the version of the server's data."""
        return self.data_state.version


class Server:
    """A database server with three engines: for reads, for exports, and for the query of its data version.

    Several threads may use it at once.
    """

    def __init__(self, engine: Engine, *, export_engine: Engine, monitor_engine: Engine) -> None:
        self.engine, self.export_engine = engine, export_engine
        self.last_state: ServerState | None = None
        self._monitor_engine = monitor_engine
        self._retry_time_s = 0.0
        for used in (engine, export_engine):
            event.listen(used, "handle_error", self._handle_error)

    @property
    def name(self) -> str:
        """Return the host and port, by which metrics name the server."""
        return host_label(self.engine.url)

    @property
    def is_standby(self) -> bool:
        """Return whether the server was a standby at the last query; true before the first query."""
        return self.last_state is None or self.last_state.is_standby

    def fetch_state(self) -> ServerState | None:
        """Query and return the present state; null where the server is down, or was down within `RETRY_DELAY_S`.

        :raises sqlalchemy.exc.TimeoutError: all connections of the monitor pool are in use.
        """
        if time.monotonic() < self._retry_time_s:
            return None
        if self._retry_time_s:
            self._retry_time_s = time.monotonic() + RETRY_DELAY_S  # one thread tests the server, others do not wait
        try:
            data_state, is_standby = self._query_state_with_retry()
        except DBAPIError:
            self.mark_down()
            return None
        self._retry_time_s = 0.0
        self.last_state = ServerState(data_state, is_standby, time.monotonic())
        return self.last_state

    def state_if_current(self, version: int) -> ServerState | None:
        """Return the state of the server if its data have at least `version`; else null.

        A state of exactly this version that is younger than MAX_STATE_AGE_S is returned without a query.
        """
        last = self.last_state
        if last is not None and last.version == version and time.monotonic() - last.check_time_s < MAX_STATE_AGE_S:
            return last
        state = self.fetch_state()
        return state if state is not None and state.version >= version else None

    def mark_down(self) -> None:
        """Mark the server as down for `RETRY_DELAY_S`."""
        self.last_state = None
        self._retry_time_s = time.monotonic() + RETRY_DELAY_S

    @property
    def is_down(self) -> bool:
        """Return whether the server counts as down."""
        return time.monotonic() < self._retry_time_s

    def _query_state_with_retry(self) -> tuple[DataState, bool]:
        try:
            return self._query_state()
        except DBAPIError as error:
            if not error.connection_invalidated or isinstance(error.orig, ClientTimeout):
                raise
            return self._query_state()  # a connection from before a restart says nothing about the present state

    def _query_state(self) -> tuple[DataState, bool]:
        with self._monitor_engine.connect() as connection:
            state_text, is_standby = connection.execute(_STATE_QUERY).one()
            return parse_data_state(state_text), is_standby

    def _handle_error(self, context: ExceptionContext) -> None:
        """Mark the server as down when a statement of a request finds it unreachable."""
        if context.is_pre_ping or not isinstance(context.original_exception, psycopg.OperationalError):
            return
        if context.connection is None or context.is_disconnect:
            self.mark_down()
