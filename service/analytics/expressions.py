"""What the functions here take and give: columns of SQL, and queries made of them."""

from typing import Any, TypeAlias

from sqlalchemy import Select, SQLColumnExpression

Expression: TypeAlias = SQLColumnExpression[Any]
"""A column, or something computed from columns; the docstrings tell of what type, and what null means."""

Rows: TypeAlias = Select[*tuple[Any, ...]]
"""A query; the docstrings tell its columns."""
