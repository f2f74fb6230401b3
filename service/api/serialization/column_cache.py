"""Columns that were put together for one request, kept for the next: with them what they made of values."""

from collections.abc import Sequence

from marshmallow import Schema

from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.api.serialization.column_formatters import Column, ColumnFactory

MAX_COLUMN_SETS = 500
"""Sets of columns that are kept for each version of the data."""


def cached_columns(
    resolved: ResolvedRequest, reference: Reference, schema: type[Schema], column_names: tuple[str, ...]
) -> Sequence[Column]:
    """Return what the columns `names` of `schema` are made of; what was made of values before serves again.

    Several threads may ask at once: each has its columns, whatever another forgets meanwhile.
    """
    scope, dataset = resolved.scope, resolved.dataset
    if scope is None or scope.conversion is not None:
        return ColumnFactory(resolved, reference, schema).create_columns(column_names)
    kept, key = reference.column_cache, (schema, column_names, dataset and dataset.id, resolved.frequency, scope.groups)
    columns: Sequence[Column] | None = kept.get(key)
    if columns is None:
        columns = ColumnFactory(resolved, reference, schema).create_columns(column_names)
        if len(kept) >= MAX_COLUMN_SETS:
            kept.clear()
        kept[key] = columns
    return columns
