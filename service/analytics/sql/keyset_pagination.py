"""In which order rows come, and how a page goes on where the one before it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import BindParameter, and_, false, literal, or_, select, tuple_, type_coerce

from service.analytics.sql.types import Expression, Rows, type_of

KeyValue = int | float | Decimal | str | None


@dataclass(frozen=True)
class Order:
    """One column to sort by; nulls come last in either direction. A `key` is a column that is never null."""

    column: str
    descending: bool = False
    key: bool = False


@dataclass(frozen=True)
class Page:
    """What part of the rows to give: after the row whose order columns hold `after`, at most `limit` and one.

    The one row more tells whether there is a next page. `limit` null means all. The columns of `orders`
    taken together must be unique. `columns` are those that are needed beside these; null means all there are.
    """

    orders: tuple[Order, ...]
    after: tuple[KeyValue, ...] | None = None
    limit: int | None = None
    columns: frozenset[str] | None = None

    def needs(self, *columns: str) -> bool:
        """Return whether any of the columns is needed."""
        ordered_by = {order.column for order in self.orders}
        return self.columns is None or not ordered_by.union(self.columns).isdisjoint(columns)

    def of(self, rows: Rows) -> Rows:
        """Select this page of `rows`, in order."""
        table = rows.subquery("row")
        columns = [table.c[order.column] for order in self.orders]
        needed = [column for column in table.c if self.needs(column.name)]
        page = select(*needed).order_by(*(direction_of(c, o) for c, o in zip(columns, self.orders, strict=True)))
        if self.after is not None:
            page = page.where(_comes_after(columns, self.orders, self.after))
        return page if self.limit is None else page.limit(self.limit + 1)


def direction_of(column: Expression, order: Order) -> Expression:
    """Return `column` to be sorted by as `order` says."""
    # An ascending index has its nulls last, so a plain order by its columns needs no sort.
    return column.desc().nulls_last() if order.descending else column


def _comes_after(columns: Sequence[Expression], orders: Sequence[Order], values: Sequence[KeyValue]) -> Expression:
    """Return whether a row comes after the one with `values`: the first column that differs decides."""
    if all(order.key and not order.descending for order in orders):
        # Compared as a whole, rows are found by an index that begins with these columns.
        last = [_as(column, value) for column, value in zip(columns, values, strict=True)]
        return tuple_(*columns) > tuple_(*last)
    conditions = []
    for position, (column, order, value) in enumerate(zip(columns, orders, values, strict=True)):
        same = [_same(c, v) for c, v in zip(columns[:position], values[:position], strict=True)]
        conditions.append(and_(*same, _beyond(column, order, value)))
    return or_(*conditions)


def _same(column: Expression, value: KeyValue) -> Expression:
    return column.is_(None) if value is None else column == _as(column, value)


def _beyond(column: Expression, order: Order, value: KeyValue) -> Expression:
    if value is None:
        return false()
    further = column < _as(column, value) if order.descending else column > _as(column, value)
    return or_(further, column.is_(None))


def _as(column: Expression, value: KeyValue) -> Expression:
    """Return the value, or the parameter that stands for it, of the type of `column`."""
    if isinstance(value, BindParameter):
        return type_coerce(value, type_of(column))
    return literal(value, type_of(column))
