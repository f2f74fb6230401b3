"""Columns that were put together for one request, kept for the next: with them what they made of values."""

from collections.abc import Sequence

from marshmallow import Schema

from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import Resolved
from service.api.serialization.column_formatters import Column, Columns

MOST_COLUMNS = 500
"""Sets of columns that are kept for each version of the data."""


def columns_of(
    resolved: Resolved, reference: Reference, schema: type[Schema], names: tuple[str, ...]
) -> Sequence[Column]:
    """Return what the columns `names` of `schema` are made of; what was made of values before serves again.

    Several threads may ask at once: each has its columns, whatever another forgets meanwhile.
    """
    scope, dataset = resolved.scope, resolved.dataset
    if scope is None or scope.conversion is not None:
        return Columns(resolved, reference, schema).named(names)
    kept, key = reference.made, (schema, names, dataset and dataset.id, resolved.frequency, scope.groups)
    columns: Sequence[Column] | None = kept.get(key)
    if columns is None:
        columns = Columns(resolved, reference, schema).named(names)
        if len(kept) >= MOST_COLUMNS:
            kept.clear()
        kept[key] = columns
    return columns
