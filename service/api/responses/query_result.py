"""From the rows that a query returns to the rows that a schema promises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from typing import Any

from marshmallow import Schema, fields

from service.api.serialization.column_formatters import Column
from service.domain.suggestions import nearest
from service.errors import Fault, InvalidRequest

KEY_COLUMNS = ("reporter", "partner", "flow", "commodity", "classification", "frequency", "period")
NOT_SORTABLE = {"period_complete", "months_covered", "level", "exchange_rate", "yoy_base_exchange_rate"}
"""Columns of numbers that rows cannot be sorted by."""
LABEL_COLUMNS = ("partner_name", "commodity_name")


@lru_cache(maxsize=256)
def columns_asked(
    schema: type[Schema], asked: tuple[str, ...] | None, *, key: tuple[str, ...] = KEY_COLUMNS, labels: bool = True
) -> tuple[str, ...]:
    """Return the names of the columns of `schema` to give, in its order: all, or those asked for and the key.

    What the schema requires comes always; columns of names come with `labels`, or when asked for one by one.

    :raises InvalidRequest: there is no such column.
    """
    known = list(schema._declared_fields)
    for name in asked or ():
        if name not in known:
            reason = f"there is no such column; there are {', '.join(known)}"
            raise InvalidRequest(Fault("fields", name, reason, nearest(name, known)))
    named = set(LABEL_COLUMNS) if labels else set()
    promised = {name for name, column in schema._declared_fields.items() if column.required}
    wanted = set(known) - set(LABEL_COLUMNS) if asked is None else {*asked, *key, *promised}
    return tuple(name for name in known if name in wanted | named)


@lru_cache(maxsize=256)
def sortable_columns(schema: type[Schema]) -> tuple[str, ...]:
    """Return the names of the columns of numbers, which rows of `schema` can be sorted by."""
    declared = schema._declared_fields.items()
    return tuple(name for name, field in declared if isinstance(field, fields.Number) and name not in NOT_SORTABLE)


@dataclass(frozen=True)
class Found:
    """Rows that a query returned: what its columns are called, and the values of each row in that order.

    `version` is that of all data after they were read; null where it is not known.
    """

    names: Sequence[str]
    rows: Sequence[Sequence[Any]]
    version: int | None = None

    def first(self, number: int | None) -> "Found":
        """Return the first rows, at most `number` of them; null means all."""
        return self if number is None else replace(self, rows=self.rows[:number])

    def named(self, position: int) -> Mapping[str, Any]:
        """Return one row as a mapping from column to value."""
        return dict(zip(self.names, self.rows[position], strict=True))


def presented(found: Found, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that `columns` make of those that were found.

    Whole columns are made at a time, and what is made of one value is made once, however many rows have it.
    """
    values = dict(zip(found.names, zip(*found.rows, strict=True), strict=True)) if found.rows else {}
    return zip(*(_made(column, values, len(found.rows)) for column in columns), strict=True) if values else iter(())


def _made(column: Column, values: Mapping[str, Sequence[Any]], number: int) -> Iterable[Any]:
    if column.make is None:
        return values[column.sources[0]]
    if not column.sources:
        return repeat(column.make(), number)
    sources = [values[source] for source in column.sources]
    if len(sources) > 1:
        return map(column.make, *sources)
    return map(column.made.__getitem__, sources[0])
