"""SDMX-JSON data messages 1.0 and 2.0, which no library writes."""

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from service.api.contract.formats import encode_json
from service.resources.sdmx.identifiers import (
    AGENCY,
    CONCEPTS,
    DIMENSIONS,
    OBSERVATION_ATTRIBUTE,
    PRIMARY_MEASURE,
    SERIES_ATTRIBUTES,
    TIME_DIMENSION,
    VERSION,
)
from service.resources.sdmx.messages.data_message import code_names, series_attributes
from service.resources.sdmx.messages.structures import header

if TYPE_CHECKING:
    from service.resources.sdmx.service import SdmxData, Vintage

SCHEMAS = {
    "json": "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/1.0/"
    "sdmx-json-data-schema.json",
    "json20": "https://json.sdmx.org/2.0.0/sdmx-json-data-schema.json",
}
JsonObject = dict[str, Any]


class _ValueIndex:
    """The values of a component in the order of their first use, by which a message refers to them."""

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}

    def position(self, value: str) -> int:
        """Return the index of a value in the list of the component's values; a new value is added to the list."""
        return self._positions.setdefault(value, len(self._positions))

    @property
    def values(self) -> list[str]:
        """Return the values in their order."""
        return list(self._positions)


def json_message(data: "SdmxData", format_name: str) -> bytes:
    """Return an SDMX-JSON data message. Each vintage is a data set of its own."""
    indexes = {name: _ValueIndex() for name in (*DIMENSIONS, TIME_DIMENSION, OBSERVATION_ATTRIBUTE)}
    data_sets = [_data_set(data, vintage, indexes) for vintage in data.vintages]
    structure = _structure(data, indexes, is_version_2=format_name == "json20")
    message_header = header(data.reference)
    content = (
        {"dataSets": data_sets, "structures": [structure]}
        if format_name == "json20"
        else {"dataSets": data_sets, "structure": structure}
    )
    meta = {
        "schema": SCHEMAS[format_name],
        "id": message_header.id,
        "test": False,
        "prepared": message_header.prepared.isoformat(),
        "sender": {"id": AGENCY},
    }
    return encode_json({"meta": meta, "data": content})


def _data_set(data: "SdmxData", vintage: "Vintage", indexes: dict[str, _ValueIndex]) -> JsonObject:
    body: JsonObject = {"structure": 0, "action": "Information"}
    body |= {} if vintage.valid_from is None else {"validFrom": f"{vintage.valid_from}T00:00:00Z"}
    body |= {} if vintage.valid_to is None else {"validTo": f"{vintage.valid_to}T00:00:00Z"}
    has_attributes = data.detail in {"full", "nodata"}
    if data.is_flat:
        body["observations"] = {
            ":".join([*_positions(each.series, indexes), str(indexes[TIME_DIMENSION].position(each.period or ""))]): (
                _observation(each, indexes) + ([0] * len(SERIES_ATTRIBUTES) if has_attributes else [])
            )
            for each in vintage.observations
        }
        return body
    body["series"] = {}
    for codes, observations in groupby(vintage.observations, key=attrgetter("series")):
        series: JsonObject = {"attributes": [0] * len(SERIES_ATTRIBUTES)} if has_attributes else {}
        if not data.is_series_only:
            series["observations"] = {
                str(indexes[TIME_DIMENSION].position(each.period or "")): _observation(each, indexes)
                for each in observations
            }
        body["series"][":".join(_positions(codes, indexes))] = series
    return body


def _positions(codes: tuple[str, ...], indexes: dict[str, _ValueIndex]) -> list[str]:
    return [str(indexes[name].position(code)) for name, code in zip(DIMENSIONS, codes, strict=True)]


def _observation(observation: Any, indexes: dict[str, _ValueIndex]) -> list[Any]:
    return [observation.value, indexes[OBSERVATION_ATTRIBUTE].position(observation.status or "")]


def _structure(data: "SdmxData", indexes: dict[str, _ValueIndex], *, is_version_2: bool) -> JsonObject:
    names = code_names(data)

    def component(name: str, values: list[str], **properties: Any) -> JsonObject:
        value_objects = [{"id": value, "name": names.get(name, {}).get(value, value)} for value in values]
        return {"id": name, "name": CONCEPTS[name], **properties, "values": value_objects}

    series_dimensions = [
        component(name, indexes[name].values, keyPosition=position) for position, name in enumerate(DIMENSIONS)
    ]
    time = component(TIME_DIMENSION, indexes[TIME_DIMENSION].values, keyPosition=len(DIMENSIONS), roles=["TIME_PERIOD"])
    series_level = [component(name, [value]) for name, value in series_attributes(data).items()]
    status = component(OBSERVATION_ATTRIBUTE, indexes[OBSERVATION_ATTRIBUTE].values)
    dimensions = (
        {"observation": [*series_dimensions, time]}
        if data.is_flat
        else {
            "series": series_dimensions,
            "observation": [time],
        }
    )
    attributes = (
        {"observation": [status, *series_level]}
        if data.is_flat
        else {
            "series": series_level,
            "observation": [status],
        }
    )
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={AGENCY}:{data.dataset.code}({VERSION})"
    measures = {"observation": [{"id": PRIMARY_MEASURE, "name": CONCEPTS[PRIMARY_MEASURE]}]}
    return {
        "links": [{"rel": "dataflow", "urn": urn}],
        "name": data.dataset.title,
        "dimensions": dimensions,
        **({"measures": measures, "dataSets": [0]} if is_version_2 else {}),
        "attributes": attributes,
    }
