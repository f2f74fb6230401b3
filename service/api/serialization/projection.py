"""Projection of query results: response columns, computed from the columns of a query."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from service.api.database.query_result import QueryResult
from service.api.serialization.column_formatters import Column, Formatter


def project_columns(result: QueryResult, columns: Sequence[Column]) -> list[Sequence[Any]]:
    """Return the values of each of `columns`, computed from the columns of `result`.

    Whole columns are computed at a time, and each distinct value of a column is formatted once.
    """
    values = result.columns()
    if not values:
        return [() for _ in columns]
    row_count = len(result.rows)
    return [
        values[column.source_columns[0]]
        if column.formatter is None
        else _formatted_values(column, column.formatter, values, row_count)
        for column in columns
    ]


def _formatted_values(
    column: Column, formatter: Formatter, values: Mapping[str, Sequence[Any]], row_count: int
) -> Sequence[Any]:
    if not column.source_columns:
        return tuple(repeat(formatter(), row_count))
    if len(column.source_columns) == 1:
        return tuple(map(column.memo.__getitem__, values[column.source_columns[0]]))
    return tuple(map(formatter, *map(values.__getitem__, column.source_columns)))
