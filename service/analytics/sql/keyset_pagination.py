"""Keyset pagination: the order of rows, and the rows that follow the previous page."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Double,
    Numeric,
    and_,
    false,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeEngine

from service.analytics.sql.types import Query, SqlExpression, sql_type

KeyValue = int | float | Decimal | str | None


@dataclass(frozen=True)
class Order:
    """A sort column and its direction. Nulls come last in both directions; `is_not_null` excludes nulls."""

    column: str
    descending: bool = False
    is_not_null: bool = False


@dataclass(frozen=True)
class Page:
    """One page of rows, in the order of `orders`.

    `cursor_values` are the values that the last row of the previous page has in the order columns; null for the first
    page.

    The page has at most `limit` + 1 rows, of which the additional one shows whether there is a next page; `limit` null
    means all rows. No two rows agree in all columns of `orders`. `columns` are the columns needed in addition to these;
    null means all.
    """

    orders: tuple[Order, ...]
    cursor_values: tuple[KeyValue, ...] | None = None
    limit: int | None = None
    columns: frozenset[str] | None = None

    def includes(self, *columns: str) -> bool:
        """Return whether the page needs any of the given columns."""
        if self.columns is None:
            return True
        return not self.columns.isdisjoint(columns) or any(order.column in columns for order in self.orders)

    def apply(self, query: Query) -> Query:
        """Select this page of the rows of `query`, in order."""
        table = query.subquery("row")
        columns = [table.c[order.column] for order in self.orders]
        needed = None if self.columns is None else self.columns.union(map(attrgetter("column"), self.orders))
        selected = [column for column in table.c if needed is None or column.name in needed]
        page = select(*selected).order_by(*(sort_expression(c, o) for c, o in zip(columns, self.orders, strict=True)))
        if self.cursor_values is not None:
            page = page.where(_follows_cursor(columns, self.orders, self.cursor_values))
        return page if self.limit is None else page.limit(self.limit + 1)


def sort_expression(column: SqlExpression, order: Order) -> SqlExpression:
    """Return the ORDER BY expression of `column`."""
    # An ascending index has its nulls last, so that ordering by its columns needs no sort.
    return column.desc().nulls_last() if order.descending else column


def _follows_cursor(
    columns: Sequence[SqlExpression], orders: Sequence[Order], values: Sequence[KeyValue]
) -> SqlExpression:
    """Return whether a row follows the one with `values`; the first column that differs decides."""
    if all(order.is_not_null and not order.descending for order in orders):
        # A row comparison lets PostgreSQL use an index that begins with these columns.
        cursor_row = [_typed_value(column, value) for column, value in zip(columns, values, strict=True)]
        return tuple_(*columns) > tuple_(*cursor_row)
    conditions = []
    for position, (column, order, value) in enumerate(zip(columns, orders, values, strict=True)):
        equal_columns = [_equals_value(c, v) for c, v in zip(columns[:position], values[:position], strict=True)]
        conditions.append(and_(*equal_columns, _follows_value(column, order, value)))
    return or_(*conditions)


def _equals_value(column: SqlExpression, value: KeyValue) -> SqlExpression:
    return column.is_(None) if value is None else column == _typed_value(column, value)


def _follows_value(column: SqlExpression, order: Order, value: KeyValue) -> SqlExpression:
    if value is None:
        return false()
    follows = column < _typed_value(column, value) if order.descending else column > _typed_value(column, value)
    return or_(follows, column.is_(None))


def number_type(value: KeyValue) -> type[TypeEngine[Any]] | None:
    """Return the SQL type for a cursor value that is a number, large enough for any number; null for other values.

    The type of a computed column is not always known: PostgreSQL sums integers to numerics.
    """
    if isinstance(value, int):
        return BigInteger
    if isinstance(value, Decimal):
        return Numeric
    return Double if isinstance(value, float) else None


def _typed_value(column: SqlExpression, value: KeyValue) -> SqlExpression:
    """Return the value, or the parameter that represents it, with its own type or else the type of `column`."""
    if isinstance(value, BindParameter):
        return value if not isinstance(value.type, NullType) else type_coerce(value, sql_type(column))
    return literal(value, number_type(value) or sql_type(column))
