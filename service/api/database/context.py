"""The context of a unit of work: a database server, the reference data at one state of the data, and today's date.

A service gets it from its caller, which is an HTTP request, a command or another service.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Result, Select, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.api.database.database import Database
from service.api.database.query_executor import QueryBuilder, QueryExecutor, QueryResult
from service.api.resolution.parameter_errors import parameter_errors
from service.api.resolution.reference_data import Reference, load_reference
from service.api.resolution.resolver import RequestResolver, ResolvedRequest
from service.db.connection.sql_compiler import add_data_state, emptiness_query
from service.db.connection.timeouts import ClientTimeout
from service.db.replicas.server import Server
from service.domain.data_state import DataState, parse_data_state
from service.errors import DataChanged, ParameterError, SourceUnavailable, UnknownDataVersion
from service.models import Area

ReadValue = TypeVar("ReadValue")
MAX_LOADS = 5
MAX_ATTEMPTS = 3
"""Attempts to read one state of the data while the data change."""
"""Loads of the reference data that a context begins; each is in vain if the data change meanwhile."""


class ResourceFetcher(Protocol):
    """The resources of the application by URL."""

    def fetch(self, context: "Context", url: str) -> Any:
        """Return the result of the resource at a URL without a host, such as `/v1/flows?reporter=JPN`."""


class Context:
    """The database access of one unit of work, such as an HTTP request. A context belongs to one thread.

    All rows that a context reads are of one state of the data, which is the state of `reference`. To ensure this, each
    statement returns the state of the data together with its rows. `check_consistency` verifies that this state stayed
    current during the work. `min_data_version` is the oldest data version that may be read; 0 allows any. `releases`
    collects the codes of the releases that are read. `resources` has the resources of the application.
    """

    def __init__(self, database: Database, resources: ResourceFetcher, *, min_data_version: int = 0) -> None:
        self.database = database
        self._resources = resources
        self.today: date = datetime.now(UTC).date()
        self.releases: list[str] = []
        self._min_data_version = min_data_version
        self._server: Server | None = None
        self._session: Session | None = None
        self._reference: Reference | None = None
        self._data_state: DataState | None = None

    @property
    def server(self) -> Server:
        """Return the database server to read from. It is chosen once."""
        if self._server is None:
            servers = self.database.servers
            if servers.replicas:
                choice = servers.choose_server(min_version=self._min_data_version)
                self._server, self._data_state = choice.server, choice.data_state
            else:
                self._server = servers.primary
        return self._server

    @property
    def session(self) -> Session:
        """Return the session for reference tables. It is opened at its first use."""
        if self._session is None:
            self._session = _ContextSession(self.server.engine, expire_on_commit=False)
            self._session.info["context"] = self
        return self._session

    @property
    def reference(self) -> Reference:
        """Return the reference data (areas, classifications, datasets, releases) at the state that this context reads.

        Each call returns the same object.
        """
        if self._reference is None:
            self._reference = self._load_reference()
        return self._reference

    @property
    def reference_version(self) -> int | None:
        """Return the data version of the reference data; null where the context has not read them."""
        return None if self._reference is None else self._reference.state.version

    def assume_last_reference(self) -> None:
        """Use the reference data that the application read last, without first checking that they are current.

        This saves a query. When figures are read later, their state of the data is compared with that of the reference
        data. The call has no effect if the database has replicas or the client sent a data version that it has seen,
        because the context then has to read the current state first.
        """
        database = self.database
        if self._reference is None and not (database.servers.replicas or self._min_data_version):
            self._reference = database.last_reference

    def resolve(
        self, parameters: Mapping[str, Any], *, can_stitch: bool = False, needs_whole_series: bool = False
    ) -> ResolvedRequest:
        """Return the dataset, keys and periods that the typed `parameters` of a request stand for.

        `parameters` are typed values by parameter name. `can_stitch` says that several datasets, which differ only in
        the edition of the classification, can answer the request together. `needs_whole_series` says that rows depend
        on all periods of their series, not only on the year before and the previous period. The newest release of the
        dataset is added to `releases`.

        :raises InvalidRequest: a code is unknown, or a period does not fit the frequency.
        """
        resolver = RequestResolver(
            self.session,
            self.reference,
            parameters,
            can_stitch=can_stitch,
            needs_whole_series=needs_whole_series,
        )
        resolved = resolver.resolve()
        if resolved.newest_release is not None and resolved.newest_release.code not in self.releases:
            self.releases.append(resolved.newest_release.code)
        return resolved

    def parameter_errors(self, parameters: Mapping[str, Any]) -> list[ParameterError]:
        """Return the errors of the typed parameters of a request, each parameter checked separately."""
        return parameter_errors(self.session, self.reference, parameters)

    def find_area(self, parameter: str, code: str) -> Area:
        """Return the area that the value of a request parameter, a code or a name, stands for.

        :raises InvalidRequest: no area has the code or name, or several areas have the name.
        """
        return RequestResolver(self.session, self.reference, {}).find_area(parameter, code)

    def execute(
        self, build_query: QueryBuilder, scope: QueryScope, page: Page, *, is_parameterizable: bool = False
    ) -> QueryResult:
        """Return the rows of the query that `build_query` returns for a scope and a page.

        `is_parameterizable` says that `build_query` depends only on its two arguments, so that its query can be
        compiled to SQL once and then executed with the values of many requests.

        :raises DataChanged: the rows are of another state of the data than the reference data.
        """
        if is_parameterizable and scope.is_parameterizable:
            result = self._executor.execute(build_query, scope, page)
            self.confirm_state(result.data_state)
            return result
        return self.fetch(build_query(scope, page))

    def fetch(self, query: Query) -> QueryResult:
        """Return the rows of a query.

        :raises DataChanged: the rows are of another state of the data than the reference data.
        """
        result = self.session.execute(query)
        rows = [tuple(row) for row in result]
        return QueryResult(tuple(result.keys()), rows, self.data_state())

    def fetch_resource(self, url: str) -> Any:
        """Return the result of the resource at a URL without a host, such as `/v1/flows?reporter=JPN`, without HTTP.

        :raises NotFound: no resource has the path of the URL.
        :raises InvalidRequest: a parameter in the query of the URL is unknown or invalid.
        """
        return self._resources.fetch(self, url)

    def data_state(self) -> DataState:
        """Return the state of the data that this context reads, which is the state at its first read.

        :raises UnknownDataVersion: the state is older than the data version that the client has seen.
        """
        executor = self._executor
        if self._data_state is None:
            self.confirm_state(executor.data_state())
        assert self._data_state is not None
        return self._data_state

    def confirm_state(self, data_state: DataState) -> None:
        """Record the state of the data at a read, and check that all reads so far were at this state.

        :raises DataChanged: an earlier read was at another state.
        :raises UnknownDataVersion: the state is older than the data version that the client has seen.
        """
        expected_state = self._data_state if self._reference is None else self._reference.state
        self._data_state = data_state
        if expected_state not in (None, data_state):
            raise DataChanged
        if data_state.version < self._min_data_version:
            raise UnknownDataVersion(self._min_data_version, newest=data_state.version)

    def check_consistency(self) -> None:
        """Check that the state of the reference data was current until the work ended.

        :raises DataChanged: the data changed during the work.
        """
        if self._reference is not None and self.data_state() != self._reference.state:
            raise DataChanged

    def read_consistently(self, read: Callable[["Context"], ReadValue]) -> ReadValue:
        """Return the result of `read`, which reads one state of the data.

        The read is repeated if the data change meanwhile, or if the server is lost and another one can take over. An
        error of `read` is only raised if the data did not change: it may be due to the change.

        :raises SourceUnavailable: the data changed during each of MAX_ATTEMPTS attempts.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                return self._read_and_check(read)
            except DataChanged:
                self.reset()
            except DBAPIError as error:
                if not self.is_failover_possible(error):
                    raise
                self.reset()
        raise SourceUnavailable(f"the data changed during each of {MAX_ATTEMPTS} attempts to make the response")

    def _read_and_check(self, read: Callable[["Context"], ReadValue]) -> ReadValue:
        try:
            result = read(self)
        except (DBAPIError, PoolTimeout, DataChanged):
            raise
        except Exception:
            with suppress(DBAPIError, PoolTimeout):
                self.check_consistency()
            raise
        self.check_consistency()
        return result

    def reset(self) -> None:
        """Discard everything that was read, so that the work can be repeated on the current data."""
        self.close()
        self.releases.clear()
        self._server = self._reference = self._data_state = None

    def close(self) -> None:
        """Return the connection of the session to its pool. The session takes another one when it is used again."""
        session, self._session = self._session, None
        if session is not None and session.in_transaction():
            session.close()

    def is_failover_possible(self, error: DBAPIError) -> bool:
        """Return whether the error means that the server is lost, and another server can do the work.

        It is false after a timeout, which leaves no time for another server.
        """
        if not self.database.servers.replicas or self._server is None or isinstance(error.orig, ClientTimeout):
            return False
        if error.connection_invalidated:
            self._server.mark_down()
        return bool(self._server.is_down)

    def read_from_primary(self, read: Callable[[Session], ReadValue]) -> ReadValue:
        """Return the result of `read` for a session on the primary, or on another server while the primary is down."""
        primary = self.database.servers.primary
        if not primary.is_down:
            try:
                with Session(primary.engine) as session:
                    return read(session)
            except DBAPIError:
                if not (self.database.servers.replicas and primary.is_down):
                    raise
        return read(self.session)

    @property
    def _executor(self) -> QueryExecutor:
        """Return the executor of the server. The session ends its transaction: a context uses one connection."""
        if self._session is not None and self._session.in_transaction():
            self._session.commit()
        return self.database.executors[self.server]

    def _load_reference(self) -> Reference:
        """Return the reference data of the present state of the data, loaded unless it was loaded before.

        :raises SourceUnavailable: the data changed during each of MAX_LOADS loads.
        """
        for _ in range(MAX_LOADS):
            state, last_reference = self.data_state(), self.database.last_reference
            if last_reference is not None and last_reference.state == state:
                return last_reference
            try:
                self.database.last_reference = load_reference(self.session, state=state)
            except DataChanged:
                self._data_state = None
        raise SourceUnavailable(f"the data changed during each of {MAX_LOADS} attempts to read the reference data")


class _ContextSession(Session):
    """A session that belongs to a context, in `info["context"]`."""


@event.listens_for(_ContextSession, "do_orm_execute")
def _read_with_state(execution: ORMExecuteState) -> Result[Any] | None:
    """Return the rows of a query, read with the state of the data in the same statement, which the context confirms."""
    query = execution.statement
    if not isinstance(query, Select):
        return None
    context: Context = execution.session.info["context"]
    rows = execution.invoke_statement(add_data_state(query)).freeze()
    if rows.data:
        context.confirm_state(parse_data_state(rows.data[0][-1]))
    else:
        ((has_rows, state_text),) = execution.session.connection().execute(emptiness_query(query))
        if has_rows:
            raise DataChanged
        context.confirm_state(parse_data_state(state_text))
    result = rows()
    return result.columns(*range(len(result.keys()) - 1))
