"""Messages about structure: dataflows, data structures, code lists, concepts."""

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
    """Return what every message begins with: the same while the data are, as if prepared with the newest release."""
    loaded = max((release.loaded_at for release in reference.releases.values()), default=EPOCH)
    return message.Header(
        id=f"tradeflows-{reference.version}", test=False, prepared=loaded, sender=common.Agency(id=AGENCY)
    )


def structure_message(
    reference: Reference,
    datasets: Iterable[Dataset],
    codelists: Mapping[str, Codelist],
    *,
    artefact_types: frozenset[str],
    codelist_ids: frozenset[str],
) -> bytes:
    """Return a message that holds those of `kinds` that describe `datasets`, and of code lists those `named`."""
    described = message.StructureMessage(header=header(reference))
    scheme = concept_scheme()
    if "conceptscheme" in artefact_types:
        described.concept_scheme[scheme.id] = scheme
    codes = sdmx_codelists(codelists, complete_ids=codelist_ids if "codelist" in artefact_types else frozenset())
    if "codelist" in artefact_types:
        described.codelist.update({name: codes[name] for name in sorted(codelist_ids)})
    for dataset in datasets:
        structure = data_structure(reference, dataset, scheme, codes)
        if "datastructure" in artefact_types:
            described.structure[structure.id] = structure
        if "dataflow" in artefact_types:
            described.dataflow[structure.id] = dataflow(dataset, structure)
    written: bytes = to_xml(described)
    return written


def sdmx_codelists(
    codelists: Mapping[str, Codelist], *, complete_ids: frozenset[str] = frozenset()
) -> dict[str, common.Codelist]:
    """Return lists of codes, those that are `filled` with their codes, the others to be referred to."""
    return {name: _sdmx_codelist(each, include_codes=name in complete_ids) for name, each in codelists.items()}


def concept_scheme() -> common.ConceptScheme:
    """Return the concepts that dimensions, attributes and the measure stand for."""
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
    """Return how the series of a dataset are told apart, and what is said of them."""
    structure = v21.DataStructureDefinition(id=dataset.code, name=dataset.title, **_MAINTAINABLE_ATTRIBUTES)
    structure.dimensions.id, structure.attributes.id = "DimensionDescriptor", "AttributeDescriptor"
    structure.measures.id = "MeasureDescriptor"
    coded: dict[str, dict[str, Any]] = {
        name: {
            "id": name,
            "concept_identity": scheme[name],
            "local_representation": common.Representation(enumerated=codelists[of]),
        }
        for name, of in codelists_of_dataset(reference, dataset).items()
    }
    series: list[common.DimensionComponent] = [
        common.Dimension(order=order, **coded[name]) for order, name in enumerate(DIMENSIONS, 1)
    ]
    structure.dimensions.extend([*series, _time_dimension(scheme, order=len(series) + 1)])
    structure.measures.append(v21.PrimaryMeasure(id=PRIMARY_MEASURE, concept_identity=scheme[PRIMARY_MEASURE]))
    at_observation = v21.PrimaryMeasureRelationship()
    structure.attributes.append(_data_attribute(coded["OBS_STATUS"], "conditional", at_observation))
    for name in _SERIES_ATTRIBUTES:
        structure.attributes.append(
            _data_attribute(coded[name], "mandatory", common.DimensionRelationship(dimensions=series))
        )
    return structure


def _time_dimension(scheme: common.ConceptScheme, *, order: int) -> common.TimeDimension:
    kind = common.Facet(value_type=common.FacetValueType.observationalTimePeriod)
    form = common.Representation(non_enumerated=[kind])
    return common.TimeDimension(
        id=TIME_DIMENSION, order=order, concept_identity=scheme[TIME_DIMENSION], local_representation=form
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
