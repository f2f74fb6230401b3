"""In which order rows come, and how a page goes on where the one before it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import BindParameter, and_, false, literal, or_, select, tuple_, type_coerce

from service.analytics.sql.types import Query, SqlExpression, sql_type

KeyValue = int | float | Decimal | str | None


@dataclass(frozen=True)
class Order:
    """One column to sort by; nulls come last in either direction. A `key` is a column that is never null."""

    column: str
    descending: bool = False
    is_not_null: bool = False


@dataclass(frozen=True)
class Page:
    """What part of the rows to give: after the row whose order columns hold `after`, at most `limit` and one.

    The one row more tells whether there is a next page. `limit` null means all. The columns of `orders`
    taken together must be unique. `columns` are those that are needed beside these; null means all there are.
    """

    orders: tuple[Order, ...]
    cursor_values: tuple[KeyValue, ...] | None = None
    limit: int | None = None
    columns: frozenset[str] | None = None

    def includes(self, *columns: str) -> bool:
        """Return whether any of the columns is needed."""
        ordered_by = {order.column for order in self.orders}
        return self.columns is None or not ordered_by.union(self.columns).isdisjoint(columns)

    def apply(self, query: Query) -> Query:
        """Select this page of `rows`, in order."""
        table = query.subquery("row")
        columns = [table.c[order.column] for order in self.orders]
        needed = [column for column in table.c if self.includes(column.name)]
        page = select(*needed).order_by(*(sort_expression(c, o) for c, o in zip(columns, self.orders, strict=True)))
        if self.cursor_values is not None:
            page = page.where(_follows_cursor(columns, self.orders, self.cursor_values))
        return page if self.limit is None else page.limit(self.limit + 1)


def sort_expression(column: SqlExpression, order: Order) -> SqlExpression:
    """Return `column` to be sorted by as `order` says."""
    # An ascending index has its nulls last, so a plain order by its columns needs no sort.
    return column.desc().nulls_last() if order.descending else column


def _follows_cursor(
    columns: Sequence[SqlExpression], orders: Sequence[Order], values: Sequence[KeyValue]
) -> SqlExpression:
    """Return whether a row comes after the one with `values`: the first column that differs decides."""
    if all(order.is_not_null and not order.descending for order in orders):
        # Compared as a whole, rows are found by an index that begins with these columns.
        last = [_typed_value(column, value) for column, value in zip(columns, values, strict=True)]
        return tuple_(*columns) > tuple_(*last)
    conditions = []
    for position, (column, order, value) in enumerate(zip(columns, orders, values, strict=True)):
        same = [_equals_value(c, v) for c, v in zip(columns[:position], values[:position], strict=True)]
        conditions.append(and_(*same, _follows_value(column, order, value)))
    return or_(*conditions)


def _equals_value(column: SqlExpression, value: KeyValue) -> SqlExpression:
    return column.is_(None) if value is None else column == _typed_value(column, value)


def _follows_value(column: SqlExpression, order: Order, value: KeyValue) -> SqlExpression:
    if value is None:
        return false()
    further = column < _typed_value(column, value) if order.descending else column > _typed_value(column, value)
    return or_(further, column.is_(None))


def _typed_value(column: SqlExpression, value: KeyValue) -> SqlExpression:
    """Return the value, or the parameter that stands for it, of the type of `column`."""
    if isinstance(value, BindParameter):
        return type_coerce(value, sql_type(column))
    return literal(value, sql_type(column))
