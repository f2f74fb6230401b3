"""Values of parameters that were read before, read again without marshmallow: most requests vary only a few of them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, missing
from marshmallow.fields import Field

MAX_CACHED_CHARACTERS = 200
"""Characters of a value that is remembered."""
MAX_CACHED_VALUES = 10_000


class _Parameters(NamedTuple):
    """The fields of a schema by their names in requests, what is read where one is left out, and the required ones."""

    fields: Mapping[str, tuple[str, Field]]  # type: ignore[type-arg] # fields of any kind
    defaults: Mapping[str, Any]
    required: frozenset[str]


def parse_cached(schema: Schema, arguments: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """Return what `schema` loads of parameters, of which none is given twice; null where it has to say what is wrong.

    ASSUMPTION: fields look at nothing but their own value, and what they make of it is never changed afterwards.
    """
    known = _schema_parameters(schema)
    read: dict[str, Any] = dict(known.defaults)
    names = set()
    for name, text in arguments:
        if name not in known.fields or len(text) > MAX_CACHED_CHARACTERS:
            return None
        try:
            read[known.fields[name][0]] = _parse_value(schema, name, text)
        except ValidationError:
            return None
        names.add(name)
    return read if known.required <= names else None


@lru_cache(maxsize=MAX_CACHED_VALUES)
def _parse_value(schema: Schema, name: str, text: str) -> Any:
    return _schema_parameters(schema).fields[name][1].deserialize(text, name, {name: text})


@lru_cache(maxsize=256)
def _schema_parameters(schema: Schema) -> _Parameters:
    fields = {
        field.data_key or name: (field.attribute or name, field)
        for name, field in schema.load_fields.items()
        if not any(schema._hooks.values())  # they would look at several values: nothing is known of such a schema
    }
    defaults = {own: field.load_default for own, field in fields.values() if field.load_default is not missing}
    return _Parameters(fields, defaults, frozenset(name for name, (_, field) in fields.items() if field.required))
