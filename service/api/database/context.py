"""The context of a unit of work: a server, the reference data of one data version, and today's date.

Services get it from their caller: an HTTP request, a command, another service.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.api.database.database import Database
from service.api.database.query_executor import QueryBuilder, QueryExecutor
from service.api.database.query_result import QueryResult
from service.api.resolution.reference_data import Reference, load_reference
from service.api.resolution.resolver import RequestResolver, ResolvedRequest
from service.db.connection.sql_compiler import add_data_version
from service.db.connection.timeouts import ClientTimeout
from service.db.replicas.server import Server
from service.errors import DataChanged, UnknownDataVersion
from service.models import Area

ReadValue = TypeVar("ReadValue")


class DataServices(Protocol):
    """Data services that can be called by URL."""

    def fetch(self, context: "Context", url: str) -> Any:
        """Return the result of the service at a URL without a host."""


class Context:
    """The context of one unit of work on a database. It belongs to one thread.

    All its reads are of one data version, that of `reference`; `check_consistency` verifies this at the end of the
    work. `min_data_version` is the oldest version that may be read; 0 allows any. `releases` are the codes of the
    releases that its figures are from. `services` are the data services, for resources that combine several.
    """

    def __init__(self, database: Database, services: DataServices, *, min_data_version: int = 0) -> None:
        self.database = database
        self.services = services
        self.today: date = datetime.now(UTC).date()
        self.releases: list[str] = []
        self._min_data_version = min_data_version
        self._server: Server | None = None
        self._session: Session | None = None
        self._reference: Reference | None = None
        self._data_version: int | None = None

    @property
    def server(self) -> Server:
        """Return the server to read from, chosen once."""
        if self._server is None:
            servers = self.database.servers
            if servers.replicas:
                choice = servers.choose_server(min_version=self._min_data_version)
                self._server, self._data_version = choice.server, choice.version
            else:
                self._server = servers.primary
        return self._server

    @property
    def session(self) -> Session:
        """Return the session for reference tables, opened at its first use."""
        if self._session is None:
            self._session = _ContextSession(self.server.engine)
            self._session.info["context"] = self
        return self._session

    @property
    def reference(self) -> Reference:
        """Return the reference data of the data version that this context reads, the same object every time."""
        if self._reference is None:
            self._reference = self._load_reference()
        return self._reference

    @property
    def has_reference(self) -> bool:
        """Return whether reference data was needed so far."""
        return self._reference is not None

    def assume_last_reference(self) -> None:
        """Begin with the reference data that was read last.

        Its data version is compared with that of the figures when these are read. With replicas, or for a client that
        has seen a data version, the version has to be read first.
        """
        database = self.database
        if self._reference is None and not (database.servers.replicas or self._min_data_version):
            self._reference = database.last_reference

    def resolve(self, parameters: Mapping[str, Any]) -> ResolvedRequest:
        """Return the dataset, keys and periods of a request's typed parameters, and note the release that it reads.

        :raises InvalidRequest: a code is unknown, or a period does not fit the frequency.
        """
        resolved = RequestResolver(self.session, self.reference, parameters).resolve()
        if resolved.newest_release is not None and resolved.newest_release.code not in self.releases:
            self.releases.append(resolved.newest_release.code)
        return resolved

    def find_area(self, parameter: str, code: str) -> Area:
        """Return the area with the code or the name in a request parameter.

        :raises InvalidRequest: no area has it, or several areas have the name.
        """
        return RequestResolver(self.session, self.reference, {}).find_area(parameter, code)

    def execute(
        self, build_query: QueryBuilder, scope: QueryScope, page: Page, *, is_parameterizable: bool = False
    ) -> QueryResult:
        """Return the rows of the query that `build_query` returns for a scope and a page.

        `is_parameterizable` says that `build_query` depends on nothing but its arguments.

        :raises DataChanged: the rows are of another data version than the reference data.
        """
        if is_parameterizable and scope.conversion is None:
            return self._check_version(self._executor.execute(build_query, scope, page))
        return self.fetch(build_query(scope, page))

    def fetch(self, query: Query) -> QueryResult:
        """Return the rows of a query.

        :raises DataChanged: the rows are of another data version than the reference data.
        """
        result = self.session.execute(add_data_version(query))
        rows = [tuple(row) for row in result]
        if rows:
            self._data_version = rows[0][-1] or 0
        return self._check_version(QueryResult(tuple(result.keys()), rows, self.data_version()))

    def data_version(self) -> int:
        """Return a data version that is at least as new as everything read so far.

        :raises UnknownDataVersion: it is older than the client has seen.
        """
        executor = self._executor
        if self._data_version is None:
            self._data_version = executor.data_version()
            if self._data_version < self._min_data_version:
                raise UnknownDataVersion(self._min_data_version, newest=self._data_version)
        return self._data_version

    def check_consistency(self) -> None:
        """Check that everything read is of the data version of the reference data.

        :raises DataChanged: the data changed meanwhile.
        """
        if self._reference is not None and self.data_version() != self._reference.version:
            raise DataChanged

    def reset(self) -> None:
        """Discard everything read, so that the work can be repeated on the present data."""
        self.close()
        self.releases.clear()
        self._server = self._reference = self._data_version = None

    def close(self) -> None:
        """Return the connection of the session to its pool; the next use of the session takes another."""
        session, self._session = self._session, None
        if session is not None and session.in_transaction():
            session.close()

    def can_fail_over(self, error: DBAPIError) -> bool:
        """Return whether the server is lost and another one can do the work.

        A timeout leaves no time for another server.
        """
        if not self.database.servers.replicas or self._server is None or isinstance(error.orig, ClientTimeout):
            return False
        if error.connection_invalidated:
            self._server.mark_down()
        return bool(self._server.is_down)

    def read_from_primary(self, read: Callable[[Session], ReadValue]) -> ReadValue:
        """Return the value of `read` for a session on the primary; while the primary is down, on another server."""
        primary = self.database.servers.primary
        if not primary.is_down:
            try:
                with Session(primary.engine) as session:
                    return read(session)
            except DBAPIError:
                if not (self.database.servers.replicas and primary.is_down):
                    raise
        return read(self.session)

    def reset_data_version(self) -> None:
        """Discard the data version that was seen: the next read may be of a later one."""
        self._data_version = None

    def set_data_version(self, data_version: int) -> None:
        """Set the data version of the last read, which is at least as new as those of all reads before."""
        self._data_version = data_version

    @property
    def _executor(self) -> QueryExecutor:
        return self.database.executor(self.server)

    def _check_version(self, result: QueryResult) -> QueryResult:
        self._data_version = result.data_version
        if self._reference is not None and result.data_version != self._reference.version:
            raise DataChanged
        return result

    def _load_reference(self) -> Reference:
        """Return the reference data of the present data version, loaded unless it was loaded before."""
        while True:
            version = self.data_version()
            last_reference = self.database.last_reference
            if last_reference is not None and last_reference.version == version:
                return last_reference
            reference = load_reference(self.session, version=version)
            if self.data_version() == version:
                self.database.last_reference = reference
                return reference


class _ContextSession(Session):
    """A session that belongs to a context, in `info["context"]`."""


@event.listens_for(_ContextSession, "do_orm_execute")
def _reset_data_version(state: ORMExecuteState) -> None:
    context: Context = state.session.info["context"]
    context.reset_data_version()
