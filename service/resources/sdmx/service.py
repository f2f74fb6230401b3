"""The SDMX resources: the content of data and structure messages, without their format."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.errors import NotFound, ParameterError, RequestTooLarge
from service.models import Dataset
from service.resources.sdmx.codelists import Codelist, available_codelists, codelists_of_dataset
from service.resources.sdmx.identifiers import AGENCY, ALL_DIMENSIONS, CONCEPT_SCHEME, VERSION
from service.resources.sdmx.key import LATEST_VERSIONS, find_dataset, parse_key, resolve_scopes
from service.resources.sdmx.media_types import DATA_FORMATS, STRUCTURE_FORMATS
from service.resources.sdmx.observations import SdmxObservation, fetch_observations

MAX_OBSERVATIONS = {"generic": 10_000, "specific": 10_000, "csv": 100_000}
"""Maximum of observations in one message, by format; XML takes longer to write."""
SERIES_ONLY_DETAILS = ("serieskeysonly", "nodata")
REFERENCED_ARTEFACT_TYPES = {
    "dataflow": {
        "none": (),
        "children": ("datastructure",),
        "descendants": ("datastructure", "codelist", "conceptscheme"),
        "all": ("datastructure", "codelist", "conceptscheme"),
    },
    "datastructure": {
        "none": (),
        "children": ("codelist", "conceptscheme"),
        "descendants": ("codelist", "conceptscheme"),
        "all": ("dataflow", "codelist", "conceptscheme"),
    },
}
"""Types of the referenced artefacts to include, by type of artefact and parameter `references`."""


@dataclass(frozen=True)
class SdmxData:
    """The observations of a dataflow, with the reference data for the message."""

    reference: Reference
    dataset: Dataset
    codelists: Mapping[str, Codelist]
    observations: Sequence[SdmxObservation]
    detail: str
    is_flat: bool

    @property
    def row_count(self) -> int:
        """Return the number of observations."""
        return len(self.observations)


@dataclass(frozen=True)
class SdmxStructure:
    """The artefacts of a structure message: dataflows and data structures, code lists, the concept scheme."""

    reference: Reference
    datasets: Sequence[Dataset]
    codelists: Mapping[str, Codelist]
    artefact_types: Collection[str]
    codelist_ids: Collection[str]


def load_data(context: Context, plan: Plan) -> SdmxData:
    """Return the observations of a dataflow that match a key.

    :raises NotFound: the dataflow is unknown, or has no such observation.
    :raises RequestTooLarge: the observations are more than MAX_OBSERVATIONS.
    """
    parameters, reference = plan.request.parameters, context.reference
    key = parameters["key"]
    dataset = find_dataset(reference, parameters["dataflow"])
    max_rows = MAX_OBSERVATIONS[plan.format_name]
    observations = fetch_observations(
        context,
        dataset,
        resolve_scopes(context, dataset, parse_key(key), parameters),
        series_only=parameters["detail"] in SERIES_ONLY_DETAILS,
        max_rows=max_rows,
    )
    if not observations:
        raise NotFound(f"The dataflow {dataset.code} has no observation of {key or 'all'} in the requested periods.")
    if len(observations) > max_rows:
        reason = (
            f"one message holds at most {max_rows} observations; request fewer codes or periods, or pages of /v1/flows"
        )
        raise RequestTooLarge(ParameterError("key", key, reason))
    return SdmxData(
        reference,
        dataset,
        available_codelists(context.session, reference),
        observations,
        parameters["detail"],
        parameters["flat"] == ALL_DIMENSIONS,
    )


def load_structure(context: Context, plan: Plan) -> SdmxStructure:
    """Return the artefacts of a type and a name, with the artefacts that they reference; `all` matches every name.

    :raises NotFound: the artefact, its agency or its version is unknown.
    """
    parameters, reference = plan.request.parameters, context.reference
    artefact_type, name = parameters["artefact_type"], parameters["name"]
    if parameters["agency"] not in (AGENCY, "all") or parameters["version"] not in (*LATEST_VERSIONS, "all"):
        raise NotFound(f"All artefacts are of the agency {AGENCY}, version {VERSION}.")
    codelists = available_codelists(context.session, reference)
    referenced = REFERENCED_ARTEFACT_TYPES.get(artefact_type, {}).get(parameters.get("references", "none"), ())
    datasets: list[Dataset] = []
    codelist_ids = set(codelists)
    if artefact_type in REFERENCED_ARTEFACT_TYPES:
        all_datasets = sorted(reference.datasets.values(), key=lambda dataset: dataset.code)
        datasets = all_datasets if name == "all" else [find_dataset(reference, name)]
        codelist_ids = {key for dataset in datasets for key in codelists_of_dataset(reference, dataset).values()}
    elif name != "all":
        known_names: Collection[str] = codelists if artefact_type == "codelist" else {CONCEPT_SCHEME}
        if name not in known_names:
            raise NotFound(f"There is no {artefact_type} {name[:100]}. There are {', '.join(sorted(known_names))}.")
        codelist_ids = {name}
    return SdmxStructure(
        reference, datasets, codelists, frozenset((artefact_type, *referenced)), frozenset(codelist_ids)
    )


DATA = DocumentResource(load_data, tuple(DATA_FORMATS))
STRUCTURE = DocumentResource(load_structure, tuple(STRUCTURE_FORMATS))
