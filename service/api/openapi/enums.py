"""Enumerations that many fields share, named once: a generated client has one type for each, not one for each field."""

from collections.abc import Iterator
from typing import Any

from service.analytics.measures.growth import STATUSES
from service.api.serialization.formats import TABLES
from service.domain.flows import FLOWS
from service.models import MEASURE_KINDS

NAME = "x-name"
"""The key by which a field of a resource gives an enumeration of its own a name."""
NAMED: dict[str, tuple[str, ...]] = {
    "Flow": tuple(FLOWS),
    "Form": TABLES,
    "Frequency": ("M", "Q", "A"),
    "GrowthStatus": STATUSES,
    "MeasureKind": MEASURE_KINDS,
    "RateFrequency": ("D", "M", "Q", "A"),
}
NAMES = {members: name for name, members in NAMED.items()}


def use_names(document: dict[str, Any]) -> None:
    """Have the fields and parameters of a description refer to the enumerations that have a name."""
    named: dict[str, Any] = {}
    for schema in _described(document):
        name = schema.pop(NAME, None) or NAMES.get(tuple(schema.get("enum", ())))
        if name is not None:
            named[name] = {"type": schema.pop("type"), "enum": schema.pop("enum")}
            schema["$ref"] = f"#/components/schemas/{name}"
    document["components"]["schemas"] |= named


def _described(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schemas of all fields, of the members of their lists, and of all parameters."""
    for schema in document["components"]["schemas"].values():
        for field in schema["properties"].values():
            yield field
            yield field.get("items", {})
    for item in document["paths"].values():
        yield from (parameter["schema"] for parameter in item["get"].get("parameters", []))
