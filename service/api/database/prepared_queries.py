"""Questions of a shape that was asked before: their statement is there already, only its parameters are new."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.parameterized_query import shape_of, value_of, with_parameters
from service.analytics.sql.types import Rows
from service.api.responses.query_result import Found
from service.db.connection.read_pool import Reads
from service.db.connection.sql_compiler import statement_of

Query = Callable[[Scope, Page], Rows]
MOST_SHAPES = 1000
"""Shapes whose statements are kept; a statement is some 20 KB."""


@dataclass(frozen=True)
class _Written:
    sql: bytes
    columns: tuple[str, ...]
    values: tuple[Callable[[Scope, Page], str], ...]


class Questions:
    """Asks questions through prepared statements, writing each statement once. Several threads may use it at once."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._written: dict[Hashable, _Written] = {}

    def found(self, query: Query, scope: Scope, page: Page) -> Found:
        """Return the rows of `query`, which depends on nothing but the scope and the page.

        ASSUMPTION: the scope has no conversion.
        """
        written = self._statement(query, scope, page)
        read = self._reads.read(written.sql, [value(scope, page) for value in written.values])
        return Found(written.columns, read.rows, read.version)

    def _statement(self, query: Query, scope: Scope, page: Page) -> _Written:
        shape = query, shape_of(scope, page)
        written = self._written.get(shape)
        if written is None:
            statement = statement_of(query(*with_parameters(scope, page)))
            values = tuple(value_of(name) for name in statement.parameters)
            written = _Written(statement.sql, statement.columns, values)
            if len(self._written) >= MOST_SHAPES:
                self._written.clear()
            self._written[shape] = written
        return written
