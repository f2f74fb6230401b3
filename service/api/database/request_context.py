"""The database as a request sees it: one server and session, and the reference tables of the current version."""

import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session

from service.api.caching.data_version import DATA_VERSION_HEADER, check_client_data_version, client_data_version
from service.api.database.prepared_queries import PreparedQueries
from service.api.resolution.reference_data import Reference, load_reference
from service.db.connection.read_pool import ReadPool
from service.db.connection.timeouts import ClientTimeout
from service.db.replicas.routing import ReplicaSet
from service.db.replicas.server import Server
from service.models import DataVersion

DATABASE_EXTENSION = "tradeflows.store"
ReadValue = TypeVar("ReadValue")


class Database:
    """The servers of a database, and the reference tables as they were when last read from one of them.

    `reads` are connections for prepared statements to each; none where that is not wanted. `copying` gives what
    surrounds the statements that this request exports by.
    """

    def __init__(self, servers: ReplicaSet, *, hot_reads: bool) -> None:
        self.servers = servers
        self.read_pools = {server: ReadPool(server.engine) for server in servers.servers} if hot_reads else {}
        self._prepared_queries = {server: PreparedQueries(reads) for server, reads in self.read_pools.items()}
        self._reference: Reference | None = None
        self.on_copy: Callable[[], Callable[[str], AbstractContextManager[object]]] = lambda: nullcontext
        for reads in self.read_pools.values():
            weakref.finalize(self, reads.close)

    @property
    def prepared_queries(self) -> PreparedQueries | None:
        """Return what asks the server of this request by prepared statements.

        Null where that is not wanted, and SQLAlchemy asks, with the same answers.
        """
        return self._prepared_queries.get(current_server()) if self._prepared_queries else None

    def data_version(self) -> int:
        """Return the version of all data now, on the server that this request reads; 0 where nothing was ever entered.

        :raises NoSuchVersion: there is none as new as the client has seen.
        :raises NotCaughtUp: no server that can be reached has it yet.
        """
        if self.servers.replicas and "server" not in g:
            reading = self.servers.choose_server(min_version=client_data_version())
            g.server, version = reading.server, reading.version
        else:
            reads = self.read_pools.get(current_server())
            version = reads.version() if reads else current_session().scalar(select(DataVersion.version)) or 0
            check_client_data_version(version)
        g.version_read = version
        return version

    @property
    def last_reference(self) -> Reference | None:
        """Return the reference tables as they were read last; null where each request has to ask which are current.

        It has where there are several servers, of which each may be at a version of its own.
        """
        return self._reference if self.read_pools and not self.servers.replicas else None

    def reference(self) -> Reference:
        """Return the reference tables at the current data version, read again only when that has moved."""
        version, reference = self.data_version(), self._reference
        while reference is None or reference.version != version:
            loaded, read_at = load_reference(current_session(), version=version), version
            version = self.data_version()
            if version == read_at:
                reference = self._reference = loaded
        return reference


def init_database(app: Flask, servers: ReplicaSet, *, hot_reads: bool) -> None:
    """Give `app` its database, and close each request's session when the request ends."""
    app.extensions[DATABASE_EXTENSION] = Database(servers, hot_reads=hot_reads)
    app.after_request(_add_version_header)
    app.teardown_appcontext(_close_session)


def current_database() -> Database:
    """Return the store of the application that answers."""
    store: Database = current_app.extensions[DATABASE_EXTENSION]
    return store


def current_server() -> Server:
    """Return the server that this request reads."""
    store = current_database()
    if not store.servers.replicas:
        return store.servers.primary
    if "server" not in g:
        store.data_version()
    server: Server = g.server
    return server


def current_session() -> Session:
    """Return the session of this request, opened at its first use."""
    if "session" not in g:
        g.session = _Session(current_server().engine)
    session: Session = g.session
    return session


class _Session(Session):
    """A session of a request; what it reads may be of a later version than was known before."""


@event.listens_for(_Session, "do_orm_execute")
def _reset_data_version(_state: ORMExecuteState) -> None:
    g.pop("version_read", None)


def read_data_version() -> int:
    """Return a version of all data that all that this request read so far is of, or of older ones; asked if need be."""
    if "version_read" not in g:
        current_database().data_version()
    version: int = g.version_read
    return version


def set_read_data_version(data_version: int | None) -> None:
    """Remember that all that this request read so far is of `version` or older, as was seen with what it read last."""
    g.version_read = data_version


def assume_last_version() -> None:
    """Let this request begin with the data as they were last: which they are has to be asked before it is answered."""
    known = current_database().last_reference
    if known is not None and "reference" not in g and DATA_VERSION_HEADER not in request.headers:
        g.reference = known


def read_from_primary(read: Callable[[Session], ReadValue]) -> ReadValue:
    """Return what `ask` finds on the primary, where all is entered first; while that is away, on another server."""
    primary = current_database().servers.primary
    if not primary.is_down:
        try:
            with Session(primary.engine) as session:
                return read(session)
        except DBAPIError:
            if not (current_database().servers.replicas and primary.is_down):
                raise
    return read(current_session())


def release_session() -> None:
    """Close the session of this request; the next use opens another."""
    session: Session | None = g.pop("session", None)
    if session is not None and session.in_transaction():
        session.close()


def current_reference() -> Reference:
    """Return the reference tables, the same ones for the whole of this request."""
    if "reference" not in g:
        g.reference = current_database().reference()
    reference: Reference = g.reference
    return reference


def reset_reference() -> None:
    """Let the next use in this request read the reference tables as they are by then, of another server if need be."""
    release_session()
    for looked_up in ("reference", "server", "version_read"):
        g.pop(looked_up, None)


def can_fail_over(error: DBAPIError) -> bool:
    """Return whether the server of this request has gone away, and another may be asked in its place.

    Not where it let the deadline pass: there is no time for another.
    """
    if "server" not in g or isinstance(error.orig, ClientTimeout):
        return False
    if error.connection_invalidated:
        g.server.mark_down()
    return bool(g.server.is_down)


def _add_version_header(response: Response) -> Response:
    if "reference" in g:
        response.headers[DATA_VERSION_HEADER] = str(g.reference.version)
    return response


def _close_session(_error: BaseException | None) -> None:
    release_session()
