"""SDMX-ML 2.1 structure messages: dataflows, data structures, code lists, concepts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sdmx import message
from sdmx.model import common, v21
from sdmx.writer.xml import to_xml

from service.api.resolution.reference_data import Reference
from service.models import Dataset
from service.resources.sdmx.codelists import Codelist, codelists_of_dataset
from service.resources.sdmx.identifiers import (
    AGENCY,
    CONCEPT_SCHEME,
    CONCEPTS,
    DIMENSIONS,
    PRIMARY_MEASURE,
    TIME_DIMENSION,
    VERSION,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SERIES_ATTRIBUTES = ("UNIT_MEASURE", "UNIT_MULT")
_MAINTAINABLE_ATTRIBUTES: dict[str, Any] = {
    "maintainer": common.Agency(id=AGENCY),
    "version": VERSION,
    "is_final": True,
    "is_external_reference": False,
}


def header(reference: Reference) -> message.Header:
    """Return the header of a message, equal for equal data: it is dated by the load of the newest release."""
    loaded_at = max((release.loaded_at for release in reference.releases.values()), default=EPOCH)
    return message.Header(
        id=f"tradeflows-{reference.version}", test=False, prepared=loaded_at, sender=common.Agency(id=AGENCY)
    )


def structure_message(
    reference: Reference,
    datasets: Iterable[Dataset],
    codelists: Mapping[str, Codelist],
    *,
    artefact_types: frozenset[str],
    codelist_ids: frozenset[str],
) -> bytes:
    """Return a message with the artefacts of `artefact_types` for `datasets`; `codelist_ids` select the code lists."""
    content = message.StructureMessage(header=header(reference))
    scheme = concept_scheme()
    if "conceptscheme" in artefact_types:
        content.concept_scheme[scheme.id] = scheme
    message_codelists = sdmx_codelists(
        codelists, complete_ids=codelist_ids if "codelist" in artefact_types else frozenset()
    )
    if "codelist" in artefact_types:
        content.codelist.update({name: message_codelists[name] for name in sorted(codelist_ids)})
    for dataset in datasets:
        structure = data_structure(reference, dataset, scheme, message_codelists)
        if "datastructure" in artefact_types:
            content.structure[structure.id] = structure
        if "dataflow" in artefact_types:
            content.dataflow[structure.id] = dataflow(dataset, structure)
    xml: bytes = to_xml(content)
    return xml


def sdmx_codelists(
    codelists: Mapping[str, Codelist], *, complete_ids: frozenset[str] = frozenset()
) -> dict[str, common.Codelist]:
    """Return SDMX code lists by identifier; only those in `complete_ids` contain codes, the others are references."""
    return {name: _sdmx_codelist(each, include_codes=name in complete_ids) for name, each in codelists.items()}


def concept_scheme() -> common.ConceptScheme:
    """Return the concepts of dimensions, attributes and the primary measure."""
    scheme = common.ConceptScheme(id=CONCEPT_SCHEME, name="Concepts of trade statistics", **_MAINTAINABLE_ATTRIBUTES)
    for name, meaning in CONCEPTS.items():
        scheme.append(common.Concept(id=name, name=meaning))
    return scheme


def dataflow(dataset: Dataset, structure: v21.DataStructureDefinition) -> v21.DataflowDefinition:
    """Return the dataflow of a dataset."""
    return v21.DataflowDefinition(
        id=dataset.code,
        name=dataset.title,
        description=dataset.attribution,
        structure=structure,
        **_MAINTAINABLE_ATTRIBUTES,
    )


def data_structure(
    reference: Reference, dataset: Dataset, scheme: common.ConceptScheme, codelists: Mapping[str, common.Codelist]
) -> v21.DataStructureDefinition:
    """Return the data structure definition of a dataset: its dimensions, measure and attributes."""
    structure = v21.DataStructureDefinition(id=dataset.code, name=dataset.title, **_MAINTAINABLE_ATTRIBUTES)
    structure.dimensions.id, structure.attributes.id = "DimensionDescriptor", "AttributeDescriptor"
    structure.measures.id = "MeasureDescriptor"
    component_arguments: dict[str, dict[str, Any]] = {
        name: {
            "id": name,
            "concept_identity": scheme[name],
            "local_representation": common.Representation(enumerated=codelists[codelist_id]),
        }
        for name, codelist_id in codelists_of_dataset(reference, dataset).items()
    }
    series: list[common.DimensionComponent] = [
        common.Dimension(order=order, **component_arguments[name]) for order, name in enumerate(DIMENSIONS, 1)
    ]
    structure.dimensions.extend([*series, _time_dimension(scheme, order=len(series) + 1)])
    structure.measures.append(v21.PrimaryMeasure(id=PRIMARY_MEASURE, concept_identity=scheme[PRIMARY_MEASURE]))
    observation_level = v21.PrimaryMeasureRelationship()
    structure.attributes.append(_data_attribute(component_arguments["OBS_STATUS"], "conditional", observation_level))
    for name in _SERIES_ATTRIBUTES:
        series_level = common.DimensionRelationship(dimensions=series)
        structure.attributes.append(_data_attribute(component_arguments[name], "mandatory", series_level))
    return structure


def _time_dimension(scheme: common.ConceptScheme, *, order: int) -> common.TimeDimension:
    facet = common.Facet(value_type=common.FacetValueType.observationalTimePeriod)
    representation = common.Representation(non_enumerated=[facet])
    return common.TimeDimension(
        id=TIME_DIMENSION, order=order, concept_identity=scheme[TIME_DIMENSION], local_representation=representation
    )


def _data_attribute(
    component_arguments: dict[str, Any], status: str, related_to: common.AttributeRelationship
) -> common.DataAttribute:
    return common.DataAttribute(usage_status=common.UsageStatus[status], related_to=related_to, **component_arguments)


def _sdmx_codelist(definition: Codelist, *, include_codes: bool) -> common.Codelist:
    codelist = common.Codelist(id=definition.id, name=definition.name, **_MAINTAINABLE_ATTRIBUTES)
    entries = list(definition.entries()) if include_codes else []
    codes = {entry.code: common.Code(id=entry.code, name=entry.name) for entry in entries}
    for entry in entries:
        if entry.parent is not None:
            codes[entry.parent].append_child(codes[entry.code])
    for code in codes.values():
        codelist.append(code)
    return codelist
