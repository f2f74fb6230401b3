"""A server that is read, and what is known of it: how far its data are, whether it is there, whom it follows."""

import time
from dataclasses import dataclass

import psycopg
from sqlalchemy import Engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from service.db.connection.timeouts import DeadlinePassed
from service.db.replicas.urls import place_of

RETRY_S = 2.0
"""How long a server that is away is left alone, in seconds."""
FRESH_S = 1.0
"""For how long, in seconds, a server that had the newest data is believed to be there, and a standby."""

_STATE = text("SELECT coalesce(max(version), 0), pg_is_in_recovery() FROM data_version")


@dataclass(frozen=True)
class State:
    """How far the data of a server are, and whether it follows another one; asked `at` that time, in seconds."""

    version: int
    is_standby: bool
    at: float


class Server:
    """A server that can be read, by engines of its own: for answers, for exports, and to ask how far its data are.

    Several threads may use it at once.
    """

    def __init__(self, engine: Engine, *, export_engine: Engine, watch: Engine) -> None:
        self.engine, self.export_engine = engine, export_engine
        self.last: State | None = None
        self._watch = watch
        self._left_alone_until = 0.0
        for used in (engine, export_engine):
            event.listen(used, "handle_error", self._notice)

    @property
    def name(self) -> str:
        """Return its host and port, as metrics name it."""
        return place_of(self.engine.url)

    @property
    def is_standby(self) -> bool:
        """Return whether it followed another server when it was last asked; a server that never was may."""
        return self.last is None or self.last.is_standby

    def state(self) -> State | None:
        """Return how far its data are now; null where it is away, or was so just now.

        :raises sqlalchemy.exc.TimeoutError: all connections that ask are in use.
        """
        if time.monotonic() < self._left_alone_until:
            return None
        if self._left_alone_until:
            self._left_alone_until = time.monotonic() + RETRY_S  # one asks whether it is back, others do not wait
        try:
            version, is_standby = self._ask()
        except DBAPIError:
            self.leave_alone()
            return None
        self._left_alone_until = 0.0
        self.last = State(version, is_standby, time.monotonic())
        return self.last

    def state_at(self, version: int) -> State | None:
        """Return its state where its data are of that version or newer, without asking where it was there just now."""
        last = self.last
        if last is not None and last.version == version and time.monotonic() - last.at < FRESH_S:
            return last
        state = self.state()
        return state if state is not None and state.version >= version else None

    def leave_alone(self) -> None:
        """Ask it nothing for a while: it is away."""
        self.last = None
        self._left_alone_until = time.monotonic() + RETRY_S

    @property
    def is_away(self) -> bool:
        """Return whether it is left alone."""
        return time.monotonic() < self._left_alone_until

    def _ask(self) -> tuple[int, bool]:
        try:
            return self._asked()
        except DBAPIError as error:
            if not error.connection_invalidated or isinstance(error.orig, DeadlinePassed):
                raise
            return self._asked()  # a connection of before it was restarted says nothing about now

    def _asked(self) -> tuple[int, bool]:
        with self._watch.connect() as connection:
            version, is_standby = connection.execute(_STATE).one()
            return version, is_standby

    def _notice(self, context: ExceptionContext) -> None:
        """Leave it alone where a request finds out that it is away."""
        if context.is_pre_ping or not isinstance(context.original_exception, psycopg.OperationalError):
            return
        if context.connection is None or context.is_disconnect:
            self.leave_alone()
