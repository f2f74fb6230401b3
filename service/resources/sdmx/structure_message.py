"""Messages about structure: dataflows, data structures, code lists, concepts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sdmx import message
from sdmx.model import common, v21
from sdmx.writer.xml import to_xml

from service.api.resolution.reference_data import Reference
from service.models import Dataset
from service.resources.sdmx.codelists import CodeList, lists_of
from service.resources.sdmx.identifiers import AGENCY, CONCEPT_SCHEME, CONCEPTS, DIMENSIONS, MEASURE, TIME, VERSION

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_AT_SERIES = ("UNIT_MEASURE", "UNIT_MULT")
_KEPT: dict[str, Any] = {
    "maintainer": common.Agency(id=AGENCY),
    "version": VERSION,
    "is_final": True,
    "is_external_reference": False,
}


def header(reference: Reference) -> message.Header:
    """Return what every message begins with: the same while the data are, as if prepared with the newest release."""
    loaded = max((release.loaded_at for release in reference.releases.values()), default=NEVER)
    return message.Header(
        id=f"tradeflows-{reference.version}", test=False, prepared=loaded, sender=common.Agency(id=AGENCY)
    )


def structure_message(
    reference: Reference,
    datasets: Iterable[Dataset],
    lists: Mapping[str, CodeList],
    *,
    kinds: frozenset[str],
    named: frozenset[str],
) -> bytes:
    """Return a message that holds those of `kinds` that describe `datasets`, and of code lists those `named`."""
    described = message.StructureMessage(header=header(reference))
    scheme = concept_scheme()
    if "conceptscheme" in kinds:
        described.concept_scheme[scheme.id] = scheme
    codes = codelists(lists, filled=named if "codelist" in kinds else frozenset())
    if "codelist" in kinds:
        described.codelist.update({name: codes[name] for name in sorted(named)})
    for dataset in datasets:
        structure = data_structure(reference, dataset, scheme, codes)
        if "datastructure" in kinds:
            described.structure[structure.id] = structure
        if "dataflow" in kinds:
            described.dataflow[structure.id] = dataflow(dataset, structure)
    written: bytes = to_xml(described)
    return written


def codelists(lists: Mapping[str, CodeList], *, filled: frozenset[str] = frozenset()) -> dict[str, common.Codelist]:
    """Return lists of codes, those that are `filled` with their codes, the others to be referred to."""
    return {name: _codelist(each, filled=name in filled) for name, each in lists.items()}


def concept_scheme() -> common.ConceptScheme:
    """Return the concepts that dimensions, attributes and the measure stand for."""
    scheme = common.ConceptScheme(id=CONCEPT_SCHEME, name="Concepts of trade statistics", **_KEPT)
    for name, meaning in CONCEPTS.items():
        scheme.append(common.Concept(id=name, name=meaning))
    return scheme


def dataflow(dataset: Dataset, structure: v21.DataStructureDefinition) -> v21.DataflowDefinition:
    """Return the dataflow of a dataset."""
    return v21.DataflowDefinition(
        id=dataset.code, name=dataset.title, description=dataset.attribution, structure=structure, **_KEPT
    )


def data_structure(
    reference: Reference, dataset: Dataset, scheme: common.ConceptScheme, codes: Mapping[str, common.Codelist]
) -> v21.DataStructureDefinition:
    """Return how the series of a dataset are told apart, and what is said of them."""
    structure = v21.DataStructureDefinition(id=dataset.code, name=dataset.title, **_KEPT)
    structure.dimensions.id, structure.attributes.id = "DimensionDescriptor", "AttributeDescriptor"
    structure.measures.id = "MeasureDescriptor"
    coded: dict[str, dict[str, Any]] = {
        name: {
            "id": name,
            "concept_identity": scheme[name],
            "local_representation": common.Representation(enumerated=codes[of]),
        }
        for name, of in lists_of(reference, dataset).items()
    }
    series: list[common.DimensionComponent] = [
        common.Dimension(order=order, **coded[name]) for order, name in enumerate(DIMENSIONS, 1)
    ]
    structure.dimensions.extend([*series, _time(scheme, order=len(series) + 1)])
    structure.measures.append(v21.PrimaryMeasure(id=MEASURE, concept_identity=scheme[MEASURE]))
    at_observation = v21.PrimaryMeasureRelationship()
    structure.attributes.append(_attribute(coded["OBS_STATUS"], "conditional", at_observation))
    for name in _AT_SERIES:
        structure.attributes.append(
            _attribute(coded[name], "mandatory", common.DimensionRelationship(dimensions=series))
        )
    return structure


def _time(scheme: common.ConceptScheme, *, order: int) -> common.TimeDimension:
    kind = common.Facet(value_type=common.FacetValueType.observationalTimePeriod)
    form = common.Representation(non_enumerated=[kind])
    return common.TimeDimension(id=TIME, order=order, concept_identity=scheme[TIME], local_representation=form)


def _attribute(coded: dict[str, Any], status: str, related_to: common.AttributeRelationship) -> common.DataAttribute:
    return common.DataAttribute(usage_status=common.UsageStatus[status], related_to=related_to, **coded)


def _codelist(described: CodeList, *, filled: bool) -> common.Codelist:
    codelist = common.Codelist(id=described.id, name=described.name, **_KEPT)
    entries = list(described.entries()) if filled else []
    codes = {entry.code: common.Code(id=entry.code, name=entry.name) for entry in entries}
    for entry in entries:
        if entry.parent is not None:
            codes[entry.parent].append_child(codes[entry.code])
    for code in codes.values():
        codelist.append(code)
    return codelist
