"""Queries as text for PostgreSQL, written once and prepared on each connection that asks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg


class _Compiler(PGCompiler_psycopg):
    """Writes all values out but those of named parameters, so that the planner sees what never changes."""

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


@dataclass(frozen=True)
class SqlStatement:
    """A query as text, with `$1` for the first of its parameters, and the names of these and of its columns."""

    sql: bytes
    parameters: Sequence[str]
    columns: tuple[str, ...]


def compile_statement(query: Select[Any]) -> SqlStatement:
    """Return `query` as text. Its parameters are those that have a name; other values are part of the text."""
    compiled = query.compile(dialect=_DIALECT)
    names = tuple(column.name for column in query.selected_columns)
    return SqlStatement(str(compiled).encode(), tuple(compiled.positiontup or ()), names)
