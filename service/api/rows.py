"""From a row that a query returns to the row that a schema promises."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import RowMapping

from service.api.columns import Column
from service.api.suggest import nearest
from service.errors import Fault, InvalidRequest

KEY_COLUMNS = ("reporter", "partner", "flow", "commodity", "classification", "frequency", "period")
NOT_SORTABLE = {"period_complete", "months_covered", "level", "exchange_rate", "yoy_base_exchange_rate"}
"""Columns of numbers that rows cannot be sorted by."""
LABEL_COLUMNS = ("partner_name", "commodity_name")

Row = RowMapping | Mapping[str, Any]


def columns_asked(
    schema: type[Schema], asked: Sequence[str] | None, *, key: Sequence[str] = KEY_COLUMNS, labels: bool = True
) -> list[str]:
    """Return the names of the columns of `schema` to give, in its order: all, or those asked for and the key.

    Columns of names come with `labels`, or when asked for one by one.

    :raises InvalidRequest: there is no such column.
    """
    known = list(schema._declared_fields)
    for name in asked or ():
        if name not in known:
            reason = f"there is no such column; there are {', '.join(known)}"
            raise InvalidRequest(Fault("fields", name, reason, nearest(name, known)))
    named = set(LABEL_COLUMNS) if labels else set()
    wanted = set(known) - set(LABEL_COLUMNS) if asked is None else {*asked, *key}
    return [name for name in known if name in wanted | named]


def sortable_columns(schema: type[Schema]) -> tuple[str, ...]:
    """Return the names of the columns of numbers, which rows of `schema` can be sorted by."""
    declared = schema._declared_fields.items()
    return tuple(name for name, field in declared if isinstance(field, fields.Number) and name not in NOT_SORTABLE)


class Presenter:
    """Turns rows of a query into rows of the columns that are to be given."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = [(column.name, _of_row(column)) for column in columns]

    def present(self, row: Row) -> dict[str, Any]:
        """Return the row as a mapping from column to value."""
        return {name: value_of(row) for name, value_of in self._columns}


def _of_row(column: Column) -> Callable[[Row], Any]:
    """Return what gives the value of the column in a row."""
    sources, make = column.sources, column.make
    if make is None:
        return itemgetter(*sources)
    if len(sources) == 1:
        (source,) = sources
        return lambda row: make(row[source])
    return lambda row: make(*(row[source] for source in sources))
