"""From the rows that a query returns to the rows that a schema promises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from typing import Any

from marshmallow import Schema, fields

from service.api.serialization.column_formatters import Column
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError

KEY_COLUMNS = ("reporter", "partner", "flow", "commodity", "classification", "frequency", "period")
UNSORTABLE_COLUMNS = {"period_complete", "months_covered", "level", "exchange_rate", "yoy_base_exchange_rate"}
"""Columns of numbers that rows cannot be sorted by."""
LABEL_COLUMNS = ("partner_name", "commodity_name")


@lru_cache(maxsize=256)
def selected_columns(
    schema: type[Schema],
    requested_columns: tuple[str, ...] | None,
    *,
    key_columns: tuple[str, ...] = KEY_COLUMNS,
    labels: bool = True,
) -> tuple[str, ...]:
    """Return the names of the columns of `schema` to give, in its order: all, or those asked for and the key.

    What the schema requires comes always; columns of names come with `labels`, or when asked for one by one.

    :raises InvalidRequest: there is no such column.
    """
    known = list(schema._declared_fields)
    for name in requested_columns or ():
        if name not in known:
            reason = f"there is no such column; there are {', '.join(known)}"
            raise InvalidRequest(ParameterError("fields", name, reason, closest_words(name, known)))
    named = set(LABEL_COLUMNS) if labels else set()
    promised = {name for name, column in schema._declared_fields.items() if column.required}
    wanted = (
        set(known) - set(LABEL_COLUMNS) if requested_columns is None else {*requested_columns, *key_columns, *promised}
    )
    return tuple(name for name in known if name in wanted | named)


@lru_cache(maxsize=256)
def sortable_columns(schema: type[Schema]) -> tuple[str, ...]:
    """Return the names of the columns of numbers, which rows of `schema` can be sorted by."""
    declared = schema._declared_fields.items()
    return tuple(
        name for name, field in declared if isinstance(field, fields.Number) and name not in UNSORTABLE_COLUMNS
    )


@dataclass(frozen=True)
class QueryResult:
    """Rows that a query returned: what its columns are called, and the values of each row in that order.

    `version` is that of all data after they were read; null where it is not known.
    """

    column_names: Sequence[str]
    rows: Sequence[Sequence[Any]]
    data_version: int | None = None

    def limit(self, max_rows: int | None) -> "QueryResult":
        """Return the first rows, at most `number` of them; null means all."""
        return self if max_rows is None else replace(self, rows=self.rows[:max_rows])

    def row_mapping(self, index: int) -> Mapping[str, Any]:
        """Return one row as a mapping from column to value."""
        return dict(zip(self.column_names, self.rows[index], strict=True))


def project_rows(result: QueryResult, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that `columns` make of those that were found.

    Whole columns are made at a time, and what is made of one value is made once, however many rows have it.
    """
    values = dict(zip(result.column_names, zip(*result.rows, strict=True), strict=True)) if result.rows else {}
    return (
        zip(*(_column_values(column, values, len(result.rows)) for column in columns), strict=True)
        if values
        else iter(())
    )


def _column_values(column: Column, values: Mapping[str, Sequence[Any]], row_count: int) -> Iterable[Any]:
    if column.formatter is None:
        return values[column.source_columns[0]]
    if not column.source_columns:
        return repeat(column.formatter(), row_count)
    sources = [values[source] for source in column.source_columns]
    if len(sources) > 1:
        return map(column.formatter, *sources)
    return map(column.memo.__getitem__, sources[0])
