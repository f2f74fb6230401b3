"""Of which type each column is, from the schema that promises it."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from marshmallow import Schema, fields

from service.api.contract.fields import Exact, unit_of

DIGITS, DECIMALS = 38, 18
DECIMAL = pa.decimal128(DIGITS, DECIMALS)
TEXTS = pa.list_(pa.string())
TYPES = {
    Exact: DECIMAL,
    fields.Integer: pa.int64(),
    fields.Float: pa.float64(),
    fields.Boolean: pa.bool_(),
    fields.List: TEXTS,
    fields.String: pa.string(),
}
"""The first that a field is an instance of is its type."""


def table_schema(schema: type[Schema], names: Sequence[str]) -> pa.Schema:
    """Return the types of the columns called `names`, each with its description and unit as metadata."""
    declared = schema._declared_fields
    return pa.schema([_column(name, declared[name]) for name in names])


def _column(name: str, field: fields.Field[Any]) -> pa.Field:
    kind = next(kind for of, kind in TYPES.items() if isinstance(field, of))
    metadata = {"description": field.metadata["description"]}
    unit = unit_of(name, field)
    return pa.field(name, kind, metadata=metadata if unit is None else metadata | {"unit": unit})
