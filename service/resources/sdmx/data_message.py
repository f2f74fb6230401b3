"""Messages with data: SDMX-ML 2.1, generic or specific to the structure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from lxml import etree
from sdmx import message
from sdmx.format.xml.v21 import qname
from sdmx.model import common, v21
from sdmx.writer.xml import writer

from service.api.resolution.reference_data import Reference
from service.models import Dataset
from service.resources.sdmx.codelists import CodeList
from service.resources.sdmx.identifiers import DIMENSIONS, FLAT, MEASURE, TIME, UNIT_MULT
from service.resources.sdmx.observations import Found
from service.resources.sdmx.structure_message import codelists, concept_scheme, data_structure, dataflow, header

NOT_A_NUMBER = "NaN"
"""What stands in the place of a value that is missing or suppressed."""
WITH_ATTRIBUTES = ("full", "nodata")


def data_message(
    reference: Reference,
    dataset: Dataset,
    lists: Mapping[str, CodeList],
    found: Sequence[Found],
    *,
    specific: bool,
    detail: str,
    flat: bool,
) -> bytes:
    """Return a message with the observations that were found, sorted by series."""
    structure = data_structure(reference, dataset, concept_scheme(), codelists(lists))
    flow = dataflow(dataset, structure)
    kind = v21.StructureSpecificDataSet if specific else v21.GenericDataSet
    held = kind(structured_by=structure, described_by=flow)
    attributes = {"UNIT_MEASURE": dataset.currency, "UNIT_MULT": UNIT_MULT} if detail in WITH_ATTRIBUTES else {}
    writing = _Writing(structure, attributes, statuses=detail == "full")
    for codes, observed in groupby(found, key=attrgetter("series")):
        if flat:
            held.add_obs(writing.alone(each) for each in observed)
        else:
            held.add_obs((writing.in_series(each) for each in observed if each.period), writing.series_key(codes))
    at = v21.Dimension(id=FLAT) if flat else structure.dimensions.get(TIME)
    written = writer.recurse(
        message.DataMessage(header=header(reference), data=[held], observation_dimension=at, dataflow=flow)
    )
    if not specific:
        # The library takes every message with data for one that is specific to its structure.
        written.tag = qname("mes:GenericData")
    text: bytes = etree.tostring(written, encoding="utf-8", xml_declaration=True)
    return text


class _Writing:
    """Makes observations of one structure."""

    def __init__(
        self, structure: v21.DataStructureDefinition, attributes: Mapping[str, str], *, statuses: bool
    ) -> None:
        self._structure = structure
        self._attributes = self._attribute_values(attributes.items())
        self._statuses = statuses

    def series_key(self, codes: Sequence[str]) -> common.SeriesKey:
        """Return the key of a series, with the attributes that all its observations have."""
        key: common.SeriesKey = self._structure.make_key(common.SeriesKey, dict(zip(DIMENSIONS, codes, strict=True)))
        key.attrib.update(self._attributes)
        return key

    def in_series(self, found: Found) -> v21.Observation:
        """Return an observation as it stands in its series."""
        time = common.KeyValue(id=TIME, value=found.period, value_for=self._structure.dimensions.get(TIME))
        return self._observation(found, common.Key([time]), {})

    def alone(self, found: Found) -> v21.Observation:
        """Return an observation as it stands alone, with its whole key and all attributes."""
        values = dict(zip((*DIMENSIONS, TIME), (*found.series, found.period), strict=True))
        return self._observation(found, self._structure.make_key(common.Key, values), self._attributes)

    def _observation(
        self, found: Found, key: common.Key, attributes: Mapping[str, common.AttributeValue]
    ) -> v21.Observation:
        status = self._attribute_values([("OBS_STATUS", found.status)] if self._statuses and found.status else [])
        return v21.Observation(
            dimension=key,
            value=NOT_A_NUMBER if found.value is None else found.value,
            value_for=self._structure.measures.get(MEASURE),
            attached_attribute={**status, **attributes},
        )

    def _attribute_values(self, values: Iterable[tuple[str, str]]) -> dict[str, common.AttributeValue]:
        of = self._structure.attributes.get
        return {name: common.AttributeValue(value=value, value_for=of(name)) for name, value in values}
