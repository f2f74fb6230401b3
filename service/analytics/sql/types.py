"""What the functions here take and give: columns of SQL, and queries made of them."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import Select, SQLColumnExpression
from sqlalchemy.types import TypeEngine

SqlExpression: TypeAlias = SQLColumnExpression[Any]
"""A column, or something computed from columns; the docstrings tell of what type, and what null means."""

Query: TypeAlias = Select[*tuple[Any, ...]]
"""A query; the docstrings tell its columns."""


ColumnFilter: TypeAlias = Callable[[str], bool]
"""Tells whether a column is needed: one that is not need not be computed."""


def sql_type(expression: SqlExpression) -> TypeEngine[Any]:
    """Return the SQL type of a column, or of what is computed from columns."""
    found: TypeEngine[Any] = expression.type  # type: ignore[attr-defined] # every column and expression has one
    return found
