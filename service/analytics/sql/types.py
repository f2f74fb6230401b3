"""Types of SQL expressions and queries."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import Select, SQLColumnExpression
from sqlalchemy.types import TypeEngine

SqlExpression: TypeAlias = SQLColumnExpression[Any]
"""A column or an expression of columns; docstrings give its SQL type and the meaning of null."""

Query: TypeAlias = Select[*tuple[Any, ...]]
"""A SELECT statement; docstrings name its columns."""

ColumnFilter: TypeAlias = Callable[[str], bool]
"""Function of a column name that returns whether the result needs the column."""


def sql_type(expression: SqlExpression) -> TypeEngine[Any]:
    """Return the SQL type of a column or an expression."""
    expression_type: TypeEngine[Any] = expression.type  # type: ignore[attr-defined] # every expression has a type
    return expression_type
