"""SDMX-ML 2.1 data messages, generic or structure-specific."""

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
from service.resources.sdmx.codelists import Codelist
from service.resources.sdmx.identifiers import (
    ALL_DIMENSIONS,
    DIMENSIONS,
    PRIMARY_MEASURE,
    TIME_DIMENSION,
    UNIT_MULTIPLIER,
)
from service.resources.sdmx.observations import SdmxObservation
from service.resources.sdmx.structure_message import concept_scheme, data_structure, dataflow, header, sdmx_codelists

NOT_A_NUMBER = "NaN"
"""The SDMX value of a missing or suppressed figure."""
ATTRIBUTE_DETAILS = ("full", "nodata")


def data_message(
    reference: Reference,
    dataset: Dataset,
    codelists: Mapping[str, Codelist],
    observations: Sequence[SdmxObservation],
    *,
    structure_specific: bool,
    detail: str,
    flat: bool,
) -> bytes:
    """Return a data message with the observations, which are sorted by series."""
    structure = data_structure(reference, dataset, concept_scheme(), sdmx_codelists(codelists))
    flow = dataflow(dataset, structure)
    data_set_class = v21.StructureSpecificDataSet if structure_specific else v21.GenericDataSet
    data_set = data_set_class(structured_by=structure, described_by=flow)
    attributes = {"UNIT_MEASURE": dataset.currency, "UNIT_MULT": UNIT_MULTIPLIER} if detail in ATTRIBUTE_DETAILS else {}
    builder = _MessageBuilder(structure, attributes, include_status=detail == "full")
    for codes, series_observations in groupby(observations, key=attrgetter("series")):
        if flat:
            data_set.add_obs(builder.flat_observation(each) for each in series_observations)
        else:
            data_set.add_obs(
                (builder.series_observation(each) for each in series_observations if each.period),
                builder.series_key(codes),
            )
    dimension = v21.Dimension(id=ALL_DIMENSIONS) if flat else structure.dimensions.get(TIME_DIMENSION)
    element = writer.recurse(
        message.DataMessage(header=header(reference), data=[data_set], observation_dimension=dimension, dataflow=flow)
    )
    if not structure_specific:
        # The library names the element of every data message StructureSpecificData.
        element.tag = qname("mes:GenericData")
    content: bytes = etree.tostring(element, encoding="utf-8", xml_declaration=True)
    return content


class _MessageBuilder:
    """Builder of the observations and series keys of one data structure."""

    def __init__(
        self, structure: v21.DataStructureDefinition, attributes: Mapping[str, str], *, include_status: bool
    ) -> None:
        self._structure = structure
        self._attributes = self._attribute_values(attributes.items())
        self._include_status = include_status

    def series_key(self, codes: Sequence[str]) -> common.SeriesKey:
        """Return the key of a series, with its series attributes."""
        key: common.SeriesKey = self._structure.make_key(common.SeriesKey, dict(zip(DIMENSIONS, codes, strict=True)))
        key.attrib.update(self._attributes)
        return key

    def series_observation(self, observation: SdmxObservation) -> v21.Observation:
        """Return an observation within a series: its key is the period alone."""
        time_value = common.KeyValue(
            id=TIME_DIMENSION, value=observation.period, value_for=self._structure.dimensions.get(TIME_DIMENSION)
        )
        return self._build_observation(observation, common.Key([time_value]), {})

    def flat_observation(self, observation: SdmxObservation) -> v21.Observation:
        """Return an observation outside of a series, with its whole key and all attributes."""
        values = dict(zip((*DIMENSIONS, TIME_DIMENSION), (*observation.series, observation.period), strict=True))
        return self._build_observation(observation, self._structure.make_key(common.Key, values), self._attributes)

    def _build_observation(
        self, observation: SdmxObservation, key: common.Key, attributes: Mapping[str, common.AttributeValue]
    ) -> v21.Observation:
        status = self._attribute_values(
            [("OBS_STATUS", observation.status)] if self._include_status and observation.status else []
        )
        return v21.Observation(
            dimension=key,
            value=NOT_A_NUMBER if observation.value is None else observation.value,
            value_for=self._structure.measures.get(PRIMARY_MEASURE),
            attached_attribute={**status, **attributes},
        )

    def _attribute_values(self, values: Iterable[tuple[str, str]]) -> dict[str, common.AttributeValue]:
        get_attribute = self._structure.attributes.get
        return {name: common.AttributeValue(value=value, value_for=get_attribute(name)) for name, value in values}
