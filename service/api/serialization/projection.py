"""Computation of response columns from the columns of a query. Columns are cached."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema

from service.api.database.query_executor import QueryResult
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.api.serialization.column_formatters import Column, ColumnFactory, Formatter


def cached_columns(
    resolved: ResolvedRequest, reference: Reference, schema: type[Schema], column_names: tuple[str, ...]
) -> Sequence[Column]:
    """Return the columns `column_names` of `schema` for a resolved request, from the cache of `reference` if possible.

    Columns are not cached for requests with a currency conversion, with several classification editions, or with
    partners that change in the requested periods.
    """
    scope, dataset = resolved.scope, resolved.dataset
    if scope is None or scope.conversion is not None or not scope.is_parameterizable:
        return ColumnFactory(resolved, reference, schema).create_columns(column_names)
    key = schema, column_names, dataset and dataset.id, resolved.frequency, scope.groups, scope.composition
    columns: Sequence[Column] = reference.column_cache.get_or_compute(
        key, lambda: ColumnFactory(resolved, reference, schema).create_columns(column_names)
    )
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
            projected.append(_format_distinct(column.formatter, values[sources[0]]))
        else:
            projected.append(tuple(map(column.formatter, *map(values.__getitem__, sources))))
    return projected


def _format_distinct(formatter: Formatter, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return the formatted values; each distinct value is formatted once."""
    formatted = {value: formatter(value) for value in set(values)}
    return tuple(map(formatted.__getitem__, values))
