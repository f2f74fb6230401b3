"""Computation of response columns from the columns of a query. Columns and their formatted values are cached."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema

from service.api.database.query_executor import QueryResult
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.api.serialization.column_formatters import Column, ColumnFactory

MAX_COLUMN_SETS = 500
"""Sets of columns that are cached for each data version."""


def cached_columns(
    resolved: ResolvedRequest, reference: Reference, schema: type[Schema], column_names: tuple[str, ...]
) -> Sequence[Column]:
    """Return the columns `column_names` of `schema` for a resolved request, from the cache of `reference` if possible.

    Columns are not cached for requests with a currency conversion, with several classification editions, or with
    partners that change in the requested periods. Several threads may use the cache at once.
    """
    scope, dataset = resolved.scope, resolved.dataset
    if scope is None or not scope.is_parameterizable:
        return ColumnFactory(resolved, reference, schema).create_columns(column_names)
    cache = reference.column_cache
    key = schema, column_names, dataset and dataset.id, resolved.frequency, scope.groups, scope.composition
    columns: Sequence[Column] | None = cache.get(key)
    if columns is None:
        columns = ColumnFactory(resolved, reference, schema).create_columns(column_names)
        if len(cache) >= MAX_COLUMN_SETS:
            cache.clear()
        cache[key] = columns
    return columns


def project_columns(result: QueryResult, columns: Sequence[Column]) -> list[Sequence[Any]]:
    """Return the values of each of `columns`, computed from the columns of the query result.

    Each distinct value of a column is formatted once.
    """
    values, row_count = result.columns, len(result.rows)
    projected: list[Sequence[Any]] = []
    for column in columns:
        sources = column.source_columns
        if not row_count:
            projected.append(())
        elif column.formatter is None:
            projected.append(values[sources[0]] if sources else (column.constant,) * row_count)
        elif len(sources) == 1:
            projected.append(tuple(map(column.memo.__getitem__, values[sources[0]])))
        else:
            projected.append(tuple(map(column.formatter, *map(values.__getitem__, sources))))
    return projected
