"""Named enumerations in the OpenAPI document: fields with the same values share one, and so one type in a client."""

from collections.abc import Iterator
from typing import Any

from service.analytics.measures.growth import GROWTH_STATUSES
from service.api.contract.formats import CHARTED_FORMATS, EXPLORER_FORMATS, TABLE_FORMATS
from service.api.parameters.common import CHART_MEASURES, CHART_THEMES
from service.domain.flows import FLOWS
from service.domain.frequencies import CALENDAR_FREQUENCIES, MONTHS_PER_PERIOD
from service.models import AREA_KINDS, MEASURE_KINDS

ENUM_NAME_KEY = "x-name"
"""Key in the metadata of a field that names its enumeration."""
SHARED_ENUMS: dict[str, tuple[str, ...]] = {
    "AreaKind": AREA_KINDS,
    "Flow": tuple(FLOWS),
    "ChartedFormat": CHARTED_FORMATS,
    "ChartMeasure": CHART_MEASURES,
    "ChartTheme": CHART_THEMES,
    "ExplorerFormat": EXPLORER_FORMATS,
    "Format": TABLE_FORMATS,
    "CalendarFrequency": CALENDAR_FREQUENCIES,
    "DatasetFrequency": ("M", "Q", "A"),
    "Frequency": tuple(MONTHS_PER_PERIOD),
    "GrowthStatus": GROWTH_STATUSES,
    "MeasureKind": MEASURE_KINDS,
    "RateFrequency": ("D", "M", "Q", "A"),
}
ENUM_NAMES = {members: name for name, members in SHARED_ENUMS.items()}


def reference_shared_enums(document: dict[str, Any]) -> None:
    """Replace enumerations that several fields and parameters share by references to one named schema each.

    The named schemas, such as `Flow`, are added to the components of `document`.
    """
    named_enums: dict[str, Any] = {}
    for schema in _iterate_schemas(document):
        name = schema.pop(ENUM_NAME_KEY, None) or ENUM_NAMES.get(tuple(schema.get("enum", ())))
        if name is not None:
            named_enums[name] = {"type": schema.pop("type"), "enum": schema.pop("enum")}
            schema["$ref"] = f"#/components/schemas/{name}"
    document["components"]["schemas"] |= named_enums


def item_operations(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations of a path item, which is an entry of `paths` in the OpenAPI document."""
    return [item[method] for method in ("get", "post") if method in item]


def _iterate_schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schemas of all fields, of the items of list fields, and of all parameters."""
    for schema in document["components"]["schemas"].values():
        for field in schema["properties"].values():
            yield field
            yield field.get("items", {})
    for item in document["paths"].values():
        for operation in item_operations(item):
            yield from (parameter["schema"] for parameter in operation.get("parameters", []))
