"""SDMX artefacts in the model of pysdmx: code lists, concepts, data structures, dataflows."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

from pysdmx.model import (
    Agency,
    Code,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    Role,
    Schema,
)
from pysdmx.model import Codelist as SdmxCodelist
from pysdmx.model.message import Header

from service.api.resolution.reference_data import Reference
from service.models import Dataset
from service.resources.sdmx.codelists import Codelist, codelists_of_dataset
from service.resources.sdmx.identifiers import (
    AGENCY,
    CONCEPT_SCHEME,
    CONCEPTS,
    DIMENSIONS,
    OBSERVATION_ATTRIBUTE,
    PRIMARY_MEASURE,
    SERIES_ATTRIBUTES,
    TIME_DIMENSION,
    VERSION,
)

MessageContext = Literal["dataflow", "datastructure"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CONCEPT_URN = f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={AGENCY}:{CONCEPT_SCHEME}({VERSION})"


def header(reference: Reference) -> Header:
    """Return the header of a message.

    Its date is the time at which the newest release was loaded, so that equal data have equal headers.
    """
    loaded_at = max((release.loaded_at for release in reference.releases.values()), default=EPOCH)
    # A reader of 2.1 knows no fractions of a second.
    prepared = loaded_at.replace(microsecond=0)
    return Header(id=f"tradeflows-{reference.version}", test=False, prepared=prepared, sender=Agency(id=AGENCY))


def concept_scheme() -> ConceptScheme:
    """Return the concepts of dimensions, attributes and the primary measure."""
    return ConceptScheme(
        id=CONCEPT_SCHEME,
        agency=AGENCY,
        version=VERSION,
        is_final=True,
        name="Concepts of trade statistics",
        items=[_concept(name) for name in CONCEPTS],
    )


def codelist(definition: Codelist, *, has_codes: bool = True) -> SdmxCodelist:
    """Return a code list in the model of pysdmx. Without codes it is only a reference to the list."""
    entries = definition.entries() if has_codes else ()
    return SdmxCodelist(
        id=definition.id,
        agency=AGENCY,
        version=VERSION,
        is_final=True,
        name=definition.name,
        items=[Code(id=entry.code, name=entry.name) for entry in entries],
    )


def dataflow(dataset: Dataset, structure: DataStructureDefinition) -> Dataflow:
    """Return the dataflow of a dataset."""
    return Dataflow(
        id=dataset.code,
        agency=AGENCY,
        version=VERSION,
        is_final=True,
        name=dataset.title,
        description=dataset.attribution,
        structure=structure,
    )


def data_structure(
    reference: Reference, dataset: Dataset, codelists: Mapping[str, Codelist]
) -> DataStructureDefinition:
    """Return the data structure definition of a dataset: its dimensions, measure and attributes."""
    return DataStructureDefinition(
        id=dataset.code,
        agency=AGENCY,
        version=VERSION,
        is_final=True,
        name=dataset.title,
        components=Components(_components(reference, dataset, codelists, measure_type=DataType.DECIMAL)),
    )


def message_schema(
    reference: Reference,
    dataset: Dataset,
    codelists: Mapping[str, Codelist],
    columns: Iterable[str],
    *,
    context: MessageContext,
) -> Schema:
    """Return the structure of a data message with the dimensions and attributes in `columns`.

    `context` says whether the message refers to the `dataflow` or to the `datastructure`. Values have the type text,
    because pysdmx would write large numbers as floating-point numbers.
    """
    components = _components(reference, dataset, codelists, measure_type=DataType.STRING)
    included = set(columns)
    return Schema(
        context=context,
        agency=AGENCY,
        id=dataset.code,
        version=VERSION,
        components=Components([component for component in components if component.id in included]),
    )


def _components(
    reference: Reference, dataset: Dataset, codelists: Mapping[str, Codelist], *, measure_type: DataType
) -> list[Component]:
    enumerations = {
        name: codelist(codelists[codelist_id], has_codes=False)
        for name, codelist_id in codelists_of_dataset(reference, dataset).items()
    }

    def component(name: str, role: Role, *, required: bool = True, attachment: str | None = None) -> Component:
        return Component(
            id=name,
            required=required,
            role=role,
            concept=_concept(name),
            local_codes=enumerations[name],
            attachment_level=attachment,
        )

    return [
        *(component(name, Role.DIMENSION) for name in DIMENSIONS),
        Component(
            id=TIME_DIMENSION,
            required=True,
            role=Role.DIMENSION,
            concept=_concept(TIME_DIMENSION),
            local_dtype=DataType.PERIOD,
        ),
        Component(
            id=PRIMARY_MEASURE,
            required=True,
            role=Role.MEASURE,
            concept=_concept(PRIMARY_MEASURE),
            local_dtype=measure_type,
        ),
        component(OBSERVATION_ATTRIBUTE, Role.ATTRIBUTE, required=False, attachment="O"),
        *(component(name, Role.ATTRIBUTE, attachment=",".join(DIMENSIONS)) for name in SERIES_ATTRIBUTES),
    ]


def _concept(name: str) -> Concept:
    return Concept(id=name, name=CONCEPTS[name], urn=f"{_CONCEPT_URN}.{name}")
