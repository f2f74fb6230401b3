"""Compilation of queries to SQL text. Each row also has the state of the data from which it was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Text, literal, literal_column, select
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg

from service.domain.data_state import DataState


class _Compiler(PGCompiler_psycopg):
    """A compiler that writes values into the text, where the planner sees them; named parameters stay parameters."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kwargs: Any) -> Any:
        if not bindparam.unique:
            return super().visit_bindparam(bindparam, *args, **kwargs)
        literal = super().visit_bindparam(bindparam, *args, **kwargs | {"literal_binds": True})
        kind = bindparam.type.dialect_impl(self.dialect)
        return self.render_bind_cast(bindparam.type, kind, literal) if kind.render_bind_cast else literal


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler
    supports_statement_cache = True


_DIALECT = _Dialect(paramstyle="numeric_dollar")


_DATA_STATE_SQL = "(SELECT version || ' ' || token FROM data_version)"
_DATA_STATE = literal_column(_DATA_STATE_SQL, Text).label("data_state")
"""The state of the data as text. The statement that reads the rows also reads it, so that the two agree."""


@dataclass(frozen=True)
class SqlStatement:
    """A query as SQL text, with `$1` for its first parameter, and the names of its parameters and columns.

    The last column is the state of the data. A result without rows does not show it: `emptiness_sql`, a statement with
    the same parameters, then returns whether the query has rows, together with the state of the data.
    """

    sql: bytes
    emptiness_sql: bytes
    parameters: Sequence[str]
    columns: tuple[str, ...]


def add_data_state(query: Select[Any]) -> Select[Any]:
    """Return `query` with the state of the data as its last column."""
    return query.add_columns(_DATA_STATE)


def is_data_state(data_state: DataState) -> ColumnElement[bool]:
    """Return the SQL condition that the data are in the state `data_state`.

    Exports of many rows select the condition as a column, because the state as text would take too much space in each
    row.
    """
    return _DATA_STATE.element == literal(f"{data_state.version} {data_state.token}", Text)


def emptiness_query(query: Select[Any]) -> Select[Any]:
    """Return a query that returns one row: whether `query` has rows, and the state of the data."""
    return add_data_state(select(query.exists().label("has_rows")))


def compile_statement(query: Select[Any]) -> SqlStatement:
    """Return `query` as SQL text. Named bind parameters stay parameters; other values become literals in the text."""
    query_with_state = add_data_state(query)
    compiled = query_with_state.compile(dialect=_DIALECT)
    # The text is wrapped, as in `emptiness_query`: to compile a large query takes as long as to execute it.
    emptiness_sql = f"SELECT EXISTS ({compiled}) AS has_rows, {_DATA_STATE_SQL} AS data_state"
    names = tuple(column.name for column in query_with_state.selected_columns)
    return SqlStatement(str(compiled).encode(), emptiness_sql.encode(), tuple(compiled.positiontup or ()), names)
