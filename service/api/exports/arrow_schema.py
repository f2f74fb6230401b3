"""Arrow schemas, derived from the marshmallow schemas of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from marshmallow import Schema, fields

from service.api.contract.fields import DecimalField, column_unit

DECIMAL_PRECISION, DECIMAL_SCALE = 38, 18
DECIMAL_TYPE = pa.decimal128(DECIMAL_PRECISION, DECIMAL_SCALE)
TEXT_LIST_TYPE = pa.list_(pa.string())
ARROW_TYPE_BY_FIELD = {
    DecimalField: DECIMAL_TYPE,
    fields.Integer: pa.int64(),
    fields.Float: pa.float64(),
    fields.Boolean: pa.bool_(),
    fields.List: TEXT_LIST_TYPE,
    fields.String: pa.string(),
}
"""Arrow types by field class. The first class that a field is an instance of determines its type."""


def arrow_schema(
    schema: type[Schema], column_names: Sequence[str], file_metadata: Mapping[str, str] | None = None
) -> pa.Schema:
    """Return the Arrow schema of some columns, each with its description and unit as metadata.

    `file_metadata` is the metadata of the whole file.
    """
    declared = schema._declared_fields
    return pa.schema([_arrow_field(name, declared[name]) for name in column_names], metadata=file_metadata)


def _arrow_field(column_name: str, field: fields.Field[Any]) -> pa.Field:
    arrow_type = next(
        arrow_type for field_class, arrow_type in ARROW_TYPE_BY_FIELD.items() if isinstance(field, field_class)
    )
    metadata = {"description": field.metadata["description"]}
    unit = column_unit(column_name, field)
    return pa.field(column_name, arrow_type, metadata=metadata if unit is None else metadata | {"unit": unit})
