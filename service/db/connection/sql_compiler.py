"""Compilation of queries to SQL text, with the data version that each row is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, literal_column
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg


class _Compiler(PGCompiler_psycopg):
    """A compiler that writes values into the text, except those of named parameters: the planner sees the values."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kwargs: Any) -> Any:
        if not bindparam.unique:
            return super().visit_bindparam(bindparam, *args, **kwargs)
        written = super().visit_bindparam(bindparam, *args, **kwargs | {"literal_binds": True})
        kind = bindparam.type.dialect_impl(self.dialect)
        return self.render_bind_cast(bindparam.type, kind, written) if kind.render_bind_cast else written


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler
    supports_statement_cache = True


_DIALECT = _Dialect(paramstyle="numeric_dollar")


_DATA_VERSION = literal_column("(SELECT version FROM data_version)", Integer).label("data_version")
"""The data version, read in the same statement as the rows: both are of one state of the data."""


@dataclass(frozen=True)
class SqlStatement:
    """A query as SQL text, with `$1` for its first parameter, and the names of its parameters and columns.

    The last column is the data version.
    """

    sql: bytes
    parameters: Sequence[str]
    columns: tuple[str, ...]


def add_data_version(query: Select[Any]) -> Select[Any]:
    """Return `query` with the data version as its last column."""
    return query.add_columns(_DATA_VERSION)


def compile_statement(query: Select[Any]) -> SqlStatement:
    """Return `query` as SQL text. Its parameters are its named ones; other values are part of the text."""
    versioned = add_data_version(query)
    compiled = versioned.compile(dialect=_DIALECT)
    names = tuple(column.name for column in versioned.selected_columns)
    return SqlStatement(str(compiled).encode(), tuple(compiled.positiontup or ()), names)
