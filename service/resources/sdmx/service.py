"""The SDMX resources: the content of data and structure messages, without their format."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.errors import InvalidRequest, NotFound, ParameterError, RequestTooLarge
from service.models import Dataset
from service.resources.sdmx.codelists import Codelist, available_codelists, codelists_of_dataset
from service.resources.sdmx.identifiers import AGENCY, ALL_DIMENSIONS, CONCEPT_SCHEME, VERSION
from service.resources.sdmx.key import (
    ALL_AGENCIES,
    ALL_NAMES,
    LATEST_VERSIONS,
    find_dataset,
    parse_keys,
    resolve_scopes,
)
from service.resources.sdmx.media_types import DATA_FORMATS, STRUCTURE_FORMATS, is_csv
from service.resources.sdmx.observations import SdmxObservation, fetch_observations, select_observations
from service.resources.sdmx.references import REFERENCED_TYPES, referenced_types

MAX_XML_OBSERVATIONS = 10_000
MAX_OTHER_OBSERVATIONS = 100_000
"""Maxima of observations in one message: XML takes longer to write."""
MAX_XML_SERIES = 2_000
"""Maximum of series in one message in XML, of which each takes some milliseconds to write."""
MAX_VINTAGES = 60
SERIES_ONLY_DETAILS = ("serieskeysonly", "nodata")


@dataclass(frozen=True)
class Vintage:
    """Observations as they were known in a range of days.

    `valid_from` is null where the request is for the newest figures only, `valid_to` where the observations are still
    valid.
    """

    observations: Sequence[SdmxObservation]
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class SdmxData:
    """The observations of a dataflow in one or several vintages, with the reference data for the message.

    `detail` is the query parameter of SDMX. `is_flat` says that the message lists observations without series.
    """

    reference: Reference
    dataset: Dataset
    codelists: Mapping[str, Codelist]
    vintages: Sequence[Vintage]
    detail: str
    is_flat: bool

    @property
    def is_series_only(self) -> bool:
        """Return whether the message lists only the series, without their observations."""
        return self.detail in SERIES_ONLY_DETAILS

    @property
    def row_count(self) -> int:
        """Return the number of observations."""
        return sum(len(vintage.observations) for vintage in self.vintages)


@dataclass(frozen=True)
class SdmxStructure:
    """The artefacts of a structure message: dataflows and data structures, code lists, concepts, constraints."""

    reference: Reference
    datasets: Sequence[Dataset]
    codelists: Mapping[str, Codelist]
    artefact_types: Collection[str]
    codelist_ids: Collection[str]
    constraints: Sequence[Any] = field(default_factory=tuple)


def load_data(context: Context, plan: Plan) -> SdmxData:
    """Return the observations of a dataflow that match the key of the validated request (`plan`).

    :raises NotFound: the dataflow is unknown, or has no such observation.
    :raises RequestTooLarge: there are more observations than a message may hold.
    :raises InvalidRequest: the format cannot hold the requested history, or series without observations.
    """
    parameters, reference = plan.request.parameters, context.reference
    dataset = find_dataset(reference, parameters["dataflow"])
    _check_format(plan.format_name, parameters)
    vintages = (
        _history(context, dataset, plan)
        if parameters.get("include_history")
        else [Vintage(_fetch(context, dataset, plan, parameters))]
    )
    if not any(vintage.observations for vintage in vintages):
        key = parameters["key"] or "all"
        raise NotFound(f"The dataflow {dataset.code} has no observation of {key} in the requested periods.")
    return SdmxData(
        reference,
        dataset,
        available_codelists(context.session, reference),
        vintages,
        parameters["detail"],
        parameters["flat"] == ALL_DIMENSIONS and parameters["detail"] not in SERIES_ONLY_DETAILS,
    )


def _check_format(format_name: str, parameters: Mapping[str, Any]) -> None:
    """Check that a format can carry what is requested.

    :raises InvalidRequest: it cannot.
    """
    if not is_csv(format_name):
        return
    if parameters["detail"] in SERIES_ONLY_DETAILS:
        reason = "SDMX-CSV has rows with observations only"
        raise InvalidRequest(ParameterError("detail", parameters["detail"], reason, ["full", "dataonly"]))
    if parameters.get("include_history"):
        reason = "SDMX-CSV has no column of validity; request SDMX-ML or SDMX-JSON"
        raise InvalidRequest(ParameterError("includeHistory", "true", reason, ["false"]))


def _fetch(context: Context, dataset: Dataset, plan: Plan, parameters: Mapping[str, Any]) -> list[SdmxObservation]:
    max_rows = _max_observations(plan.format_name)
    # Observations that were not updated do not count, which the query does not know.
    count_names = () if parameters.get("update_day") else ("first_count", "last_count")
    observations: list[SdmxObservation] = []
    for key in parse_keys(parameters["key"], parameters.get("filters", {})):
        observations += fetch_observations(
            context,
            dataset,
            resolve_scopes(context, dataset, key, parameters),
            series_only=parameters["detail"] in SERIES_ONLY_DETAILS,
            max_rows=max_rows - len(observations),
            counts={name: parameters.get(name) for name in count_names},
        )
    _check_size([observations], plan)
    return select_observations(context.reference, observations, parameters)


def _is_xml(format_name: str) -> bool:
    return not is_csv(format_name) and not format_name.startswith("json")


def _max_observations(format_name: str) -> int:
    return MAX_XML_OBSERVATIONS if _is_xml(format_name) else MAX_OTHER_OBSERVATIONS


def _check_size(vintages: Sequence[Sequence[SdmxObservation]], plan: Plan) -> None:
    """Check that one message can hold the observations of all vintages.

    :raises RequestTooLarge: there are too many observations, or too many series for XML.
    """
    key, max_rows = plan.request.parameters["key"], _max_observations(plan.format_name)
    if sum(map(len, vintages)) > max_rows:
        reason = (
            f"one message holds at most {max_rows} observations; request fewer codes or periods, or pages of /v1/flows"
        )
        raise RequestTooLarge(ParameterError("key", key, reason))
    series_count = sum(len({observation.series for observation in vintage}) for vintage in vintages)
    if _is_xml(plan.format_name) and series_count > MAX_XML_SERIES:
        reason = f"these are {series_count} series, and XML has at most {MAX_XML_SERIES}; CSV and JSON have more"
        raise RequestTooLarge(ParameterError("key", key, reason))


def _history(context: Context, dataset: Dataset, plan: Plan) -> list[Vintage]:
    """Return the observations as of each release of the dataset, the oldest first.

    :raises RequestTooLarge: the dataset has more than MAX_VINTAGES days with releases, or they hold too much together.
    """
    releases = context.reference.releases_by_dataset.get(dataset.id, ())
    days = sorted({release.published_on for release in releases})
    if len(days) > MAX_VINTAGES:
        reason = (
            f"the dataset has {len(days)} vintages, and a message holds at most {MAX_VINTAGES}; request one by asOf"
        )
        raise RequestTooLarge(ParameterError("includeHistory", "true", reason))
    ends = [*days[1:], None]
    vintages: list[Vintage] = []
    for day, end in zip(days, ends, strict=True):
        observations = _fetch(context, dataset, plan, {**plan.request.parameters, "as_of": day})
        vintages.append(Vintage(observations, day, end))
        _check_size([vintage.observations for vintage in vintages], plan)
    return vintages


def load_structure(context: Context, plan: Plan) -> SdmxStructure:
    """Return the artefacts with the type and name in the validated request (`plan`), and related artefacts.

    The name `all` matches every artefact. The parameter `references` selects the related artefacts.

    :raises NotFound: the artefact, its agency or its version is unknown.
    """
    parameters, reference = plan.request.parameters, context.reference
    artefact_type, name = parameters["artefact_type"], parameters["name"]
    if parameters["agency"] not in (AGENCY, *ALL_AGENCIES) or parameters["version"] not in LATEST_VERSIONS:
        raise NotFound(f"All artefacts are of the agency {AGENCY}, version {VERSION}.")
    codelists = available_codelists(context.session, reference)
    datasets = _selected_datasets(reference, artefact_type, name)
    codelist_ids = {key for dataset in datasets for key in codelists_of_dataset(reference, dataset).values()}
    if artefact_type in {"codelist", "conceptscheme"} and name not in ALL_NAMES:
        known_names: Collection[str] = codelists if artefact_type == "codelist" else {CONCEPT_SCHEME}
        if name not in known_names:
            raise NotFound(f"There is no {artefact_type} {name[:100]}. There are {', '.join(sorted(known_names))}.")
        if artefact_type == "codelist":
            codelist_ids = {name}
            datasets = [each for each in datasets if name in codelists_of_dataset(reference, each).values()]
    elif artefact_type in {"codelist", "conceptscheme"}:
        codelist_ids = set(codelists)
    types = (
        *REFERENCED_TYPES[artefact_type].own,
        *referenced_types(artefact_type, parameters.get("references", "none")),
    )
    return SdmxStructure(reference, datasets, codelists, frozenset(types), frozenset(codelist_ids))


def _selected_datasets(reference: Reference, artefact_type: str, name: str) -> list[Dataset]:
    is_named = artefact_type in {"dataflow", "datastructure"} and name not in ALL_NAMES
    if is_named:
        return [find_dataset(reference, name)]
    return sorted(reference.datasets.values(), key=lambda dataset: dataset.code)


DATA = DocumentResource(load_data, tuple(DATA_FORMATS))
STRUCTURE = DocumentResource(load_structure, tuple(STRUCTURE_FORMATS))
