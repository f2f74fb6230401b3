"""Questions of a shape that was asked before: their statement is there already, only its parameters are new."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.parameterized_query import parameter_reader, parameterize, query_shape
from service.analytics.sql.types import Query
from service.api.responses.query_result import QueryResult
from service.db.connection.read_pool import ReadPool
from service.db.connection.sql_compiler import compile_statement

QueryBuilder = Callable[[QueryScope, Page], Query]
MAX_SHAPES = 1000
"""Shapes whose statements are kept; a statement is some 20 KB."""


@dataclass(frozen=True)
class _CompiledQuery:
    sql: bytes
    columns: tuple[str, ...]
    parameter_values: tuple[Callable[[QueryScope, Page], str], ...]


class PreparedQueries:
    """Asks questions through prepared statements, writing each statement once. Several threads may use it at once."""

    def __init__(self, read_pool: ReadPool) -> None:
        self._read_pool = read_pool
        self._compiled_queries: dict[Hashable, _CompiledQuery] = {}

    def execute(self, query: QueryBuilder, scope: QueryScope, page: Page) -> QueryResult:
        """Return the rows of `query`, which depends on nothing but the scope and the page.

        ASSUMPTION: the scope has no conversion.
        """
        written = self._compile_query(query, scope, page)
        read = self._read_pool.read(written.sql, [value(scope, page) for value in written.parameter_values])
        return QueryResult(written.columns, read.rows, read.version)

    def _compile_query(self, query: QueryBuilder, scope: QueryScope, page: Page) -> _CompiledQuery:
        shape = query, query_shape(scope, page)
        written = self._compiled_queries.get(shape)
        if written is None:
            statement = compile_statement(query(*parameterize(scope, page)))
            values = tuple(parameter_reader(name) for name in statement.parameters)
            written = _CompiledQuery(statement.sql, statement.columns, values)
            if len(self._compiled_queries) >= MAX_SHAPES:
                self._compiled_queries.clear()
            self._compiled_queries[shape] = written
        return written
