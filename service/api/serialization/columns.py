"""Selection of the columns of a response, and of the columns that rows can be sorted by."""

from functools import lru_cache

from marshmallow import Schema, fields

from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError

KEY_COLUMNS = ("reporter", "partner", "flow", "commodity", "classification", "frequency", "period")
UNSORTABLE_COLUMNS = {
    "period_complete",
    "months_covered",
    "members_count",
    "level",
    "exchange_rate",
    "yoy_base_exchange_rate",
    "rank_count",
}
"""Numeric columns that rows cannot be sorted by."""
LABEL_COLUMNS = ("partner_name", "commodity_name")


@lru_cache(maxsize=256)
def selected_columns(
    schema: type[Schema],
    requested_columns: tuple[str, ...] | None,
    *,
    key_columns: tuple[str, ...] = KEY_COLUMNS,
    labels: bool = True,
    frequency: str | None = None,
) -> tuple[str, ...]:
    """Return the names of the columns of a response, in the order of `schema`.

    These are all columns, or the requested ones together with the key columns and those that the schema requires.
    Columns with names of partners and commodities are left out, unless `labels` is true or they are requested. At a
    `frequency` longer than months `period_complete` is a key column: without it a part of a year would look like a
    year.

    :raises InvalidRequest: a requested column does not exist.
    """
    all_columns = list(schema._declared_fields)
    reason = f"there is no such column; the columns are {', '.join(all_columns)}"
    errors = [
        ParameterError("fields", name, reason, closest_words(name, all_columns))
        for name in requested_columns or ()
        if name not in all_columns
    ]
    if errors:
        raise InvalidRequest(*errors)
    label_columns = set(LABEL_COLUMNS) if labels else set()
    required_columns = {name for name, field in schema._declared_fields.items() if field.required}
    if frequency not in {None, "M"}:
        required_columns.add("period_complete")
    column_set = (
        set(all_columns) - set(LABEL_COLUMNS)
        if requested_columns is None
        else {*requested_columns, *key_columns, *required_columns}
    )
    return tuple(name for name in all_columns if name in column_set | label_columns)


@lru_cache(maxsize=256)
def sortable_columns(schema: type[Schema]) -> tuple[str, ...]:
    """Return the names of the numeric columns that rows of `schema` can be sorted by."""
    declared = schema._declared_fields.items()
    return tuple(
        name for name, field in declared if isinstance(field, fields.Number) and name not in UNSORTABLE_COLUMNS
    )
