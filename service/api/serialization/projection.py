"""Projection of query results: response columns, computed from the columns of a query."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from service.api.database.query_result import QueryResult
from service.api.serialization.column_formatters import Column


def project_columns(result: QueryResult, columns: Sequence[Column]) -> list[Sequence[Any]]:
    """Return the values of each of `columns`, computed from the columns of `result`.

    Whole columns are computed at a time, and each distinct value of a column is formatted once.
    """
    values = result.columns()
    return [_column_values(column, values, len(result.rows)) for column in columns] if values else [() for _ in columns]


def _column_values(column: Column, values: Mapping[str, Sequence[Any]], row_count: int) -> Sequence[Any]:
    if column.formatter is None:
        return values[column.source_columns[0]]
    if not column.source_columns:
        return tuple(repeat(column.formatter(), row_count))
    sources = [values[source] for source in column.source_columns]
    column_values: Iterable[Any] = (
        map(column.formatter, *sources) if len(sources) > 1 else map(column.memo.__getitem__, sources[0])
    )
    return tuple(column_values)
