"""A cache of parsed parameter values, which spares marshmallow: most requests repeat values of earlier ones."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, missing
from marshmallow.fields import Field

MAX_CACHED_CHARACTERS = 200
"""Characters of a value that is cached."""
MAX_CACHED_VALUES = 10_000


class _Parameters(NamedTuple):
    """The parameters of a schema: fields and attribute names by parameter name, defaults, and required names."""

    fields: Mapping[str, tuple[str, Field]]  # type: ignore[type-arg] # fields of any kind
    defaults: Mapping[str, Any]
    required: frozenset[str]


def parse_cached(schema: Schema, arguments: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """Return the typed values of parameters without repetitions; null where `schema` has to load or refuse them.

    ASSUMPTION: a field depends on nothing but its own value, and typed values are never modified.
    """
    parameters = _schema_parameters(schema)
    values: dict[str, Any] = dict(parameters.defaults)
    names = set()
    for name, text in arguments:
        if name not in parameters.fields or len(text) > MAX_CACHED_CHARACTERS:
            return None
        try:
            values[parameters.fields[name][0]] = _parse_value(schema, name, text)
        except ValidationError:
            return None
        names.add(name)
    return values if parameters.required <= names else None


@lru_cache(maxsize=MAX_CACHED_VALUES)
def _parse_value(schema: Schema, name: str, text: str) -> Any:
    return _schema_parameters(schema).fields[name][1].deserialize(text, name, {name: text})


@lru_cache(maxsize=256)
def _schema_parameters(schema: Schema) -> _Parameters:
    fields = {
        field.data_key or name: (field.attribute or name, field)
        for name, field in schema.load_fields.items()
        if not any(schema._hooks.values())  # hooks depend on several values: such a schema is not cached
    }
    defaults = {
        attribute: field.load_default for attribute, field in fields.values() if field.load_default is not missing
    }
    return _Parameters(fields, defaults, frozenset(name for name, (_, field) in fields.items() if field.required))
