"""Enumerations that many fields share, named once: a generated client has one type for each, not one for each field."""

from collections.abc import Iterator
from typing import Any

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.formats import TABLE_FORMATS
from service.domain.flows import FLOWS
from service.models import MEASURE_KINDS

ENUM_NAME_KEY = "x-name"
"""The key by which a field of a resource gives an enumeration of its own a name."""
SHARED_ENUMS: dict[str, tuple[str, ...]] = {
    "Flow": tuple(FLOWS),
    "Form": TABLE_FORMATS,
    "Frequency": ("M", "Q", "A"),
    "GrowthStatus": GROWTH_STATUSES,
    "MeasureKind": MEASURE_KINDS,
    "RateFrequency": ("D", "M", "Q", "A"),
}
ENUM_NAMES = {members: name for name, members in SHARED_ENUMS.items()}


def reference_shared_enums(document: dict[str, Any]) -> None:
    """Have the fields and parameters of a description refer to the enumerations that have a name."""
    named: dict[str, Any] = {}
    for schema in _iterate_schemas(document):
        name = schema.pop(ENUM_NAME_KEY, None) or ENUM_NAMES.get(tuple(schema.get("enum", ())))
        if name is not None:
            named[name] = {"type": schema.pop("type"), "enum": schema.pop("enum")}
            schema["$ref"] = f"#/components/schemas/{name}"
    document["components"]["schemas"] |= named


def _iterate_schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schemas of all fields, of the members of their lists, and of all parameters."""
    for schema in document["components"]["schemas"].values():
        for field in schema["properties"].values():
            yield field
            yield field.get("items", {})
    for item in document["paths"].values():
        yield from (parameter["schema"] for parameter in item["get"].get("parameters", []))
