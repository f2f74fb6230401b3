"""The executor of parameterizable queries: compiles a query once for each shape, and prepares it on the connections."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.parameterized_query import parameter_reader, parameterize, query_shape
from service.analytics.sql.types import Query
from service.db.connection.read_pool import ReadPool
from service.db.connection.sql_compiler import SqlStatement, compile_statement
from service.domain.data_state import DataState, parse_data_state
from service.errors import DataChanged

QueryBuilder = Callable[[QueryScope, Page], Query]
MAX_SHAPES = 1000
"""Query shapes with a cached statement; a statement takes about 20 KB."""


@dataclass(frozen=True)
class QueryResult:
    """Rows of a query: the names of its columns, and the values of each row in that order.

    All rows are of one state of the data, `data_state`.
    """

    column_names: Sequence[str]
    rows: Sequence[Sequence[Any]]
    data_state: DataState

    def limit(self, max_rows: int | None) -> "QueryResult":
        """Return the result with at most the first `max_rows` rows; null means all rows."""
        return self if max_rows is None else replace(self, rows=self.rows[:max_rows])

    def row_mapping(self, index: int) -> Mapping[str, Any]:
        """Return the row at a position, from 0, as a mapping from column name to value."""
        return dict(zip(self.column_names, self.rows[index], strict=True))

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Return the values of all rows, by column name; an empty mapping if there are no rows."""
        return dict(zip(self.column_names, zip(*self.rows, strict=True), strict=True)) if self.rows else {}

    def mappings(self) -> list[Mapping[str, Any]]:
        """Return each row as a mapping from column name to value."""
        return [dict(zip(self.column_names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class _CompiledQuery:
    """A statement, and a function for each of its parameters that reads the value from scope and page."""

    statement: SqlStatement
    value_readers: tuple[Callable[[QueryScope, Page], str], ...]


class QueryExecutor:
    """An executor of queries on the connections of one server. Several threads may use it at once.

    It compiles a query to SQL once, and executes the SQL for all requests whose queries differ only in their values.
    """

    def __init__(self, read_pool: ReadPool) -> None:
        self._read_pool = read_pool

    def data_state(self) -> DataState:
        """Return the current state of the data on the server."""
        return self._read_pool.data_state()

    def execute(self, build_query: QueryBuilder, scope: QueryScope, page: Page) -> QueryResult:
        """Return the rows of the query that `build_query` returns; the query depends only on `scope` and `page`.

        ASSUMPTION: the scope is parameterizable.

        :raises DataChanged: the query returned no rows, and the data changed before their state was read by a second
            statement, which finds rows.
        """
        compiled_query = _compiled_query(build_query, scope, page)
        values = [read_value(scope, page) for read_value in compiled_query.value_readers]
        statement = compiled_query.statement
        rows = self._read_pool.read(statement.sql, values)
        state_rows = rows or self._read_pool.read(statement.emptiness_sql, values)
        if not rows and state_rows[0][0]:
            raise DataChanged
        return QueryResult(statement.columns, rows, parse_data_state(state_rows[0][-1]))


_compiled_queries: dict[Hashable, _CompiledQuery] = {}
"""The cached statements. They are the same for all servers."""


def _compiled_query(build_query: QueryBuilder, scope: QueryScope, page: Page) -> _CompiledQuery:
    shape = build_query, query_shape(scope, page)
    compiled_query = _compiled_queries.get(shape)
    if compiled_query is None:
        statement = compile_statement(build_query(*parameterize(scope, page)))
        value_readers = tuple(parameter_reader(name) for name in statement.parameters)
        compiled_query = _CompiledQuery(statement, value_readers)
        if len(_compiled_queries) >= MAX_SHAPES:
            _compiled_queries.clear()
        _compiled_queries[shape] = compiled_query
    return compiled_query
