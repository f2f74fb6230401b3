"""SDMX messages in the form that is asked for."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api.caching.etags import conditional_response
from service.api.database.request_context import current_reference, current_session
from service.api.resolution.reference_data import Reference
from service.api.responses.export_response import export_rows
from service.api.security.authentication import require_bulk_scope
from service.errors import InvalidRequest, NotFound, ParameterError, RequestTooLarge
from service.models import Dataset
from service.resources.sdmx.codelists import available_codelists, codelists_of_dataset
from service.resources.sdmx.identifiers import AGENCY, ALL_DIMENSIONS, CONCEPT_SCHEME, UNIT_MULTIPLIER, VERSION
from service.resources.sdmx.key import LATEST_VERSIONS, find_dataset, parse_key, resolve_scopes
from service.resources.sdmx.media_types import DATA_FORMATS, STRUCTURE_FORMATS, negotiate_sdmx_format
from service.resources.sdmx.observations import SdmxObservation, fetch_observations
from service.resources.sdmx.schemas import ObservationRow

MAX_OBSERVATIONS = {"generic": 10_000, "specific": 10_000, "csv": 100_000}
"""Observations that one message holds; XML takes longer to write."""
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
"""Kinds of what comes along with a kind of artefact, by the parameter `references`."""


def data_response(dataflow: str, key: str, parameters: Mapping[str, Any]) -> Response:
    """Return the observations of a dataflow that have `key`.

    :raises NotFound: there is no such dataflow, or no such observation.
    :raises RequestTooLarge: there are more than one message holds.
    :raises KeyNotEnough: the key that was sent does not open whole tables.
    """
    require_bulk_scope("a message of SDMX data")
    form = negotiate_sdmx_format(DATA_FORMATS)
    return conditional_response(
        lambda: _data_message_response(current_reference(), dataflow, key, parameters, form),
        format_name=form,
        as_of=parameters.get("as_of"),
    )


def _data_message_response(
    reference: Reference, dataflow: str, key: str, parameters: Mapping[str, Any], format_name: str
) -> Response:
    dataset = find_dataset(reference, dataflow)
    scopes = resolve_scopes(reference, dataset, parse_key(key), parameters)
    alone = parameters["detail"] in SERIES_ONLY_DETAILS
    there = fetch_observations(
        current_session(), reference, dataset, scopes, series_only=alone, max_rows=MAX_OBSERVATIONS[format_name]
    )
    if not there:
        raise NotFound(f"The dataflow {dataset.code} has no observation of {key or 'all'} in the periods asked for.")
    if len(there) > MAX_OBSERVATIONS[format_name]:
        reason = (
            f"one message holds {MAX_OBSERVATIONS[format_name]} at most; ask for fewer codes or "
            "periods, or page through /v1/flows"
        )
        raise RequestTooLarge(ParameterError("key", key, reason))
    if format_name == "csv":
        return _csv_response(dataset, there, parameters["detail"])
    from service.resources.sdmx.data_message import data_message  # noqa: PLC0415 - see the docstring of the package

    written = data_message(
        reference,
        dataset,
        available_codelists(current_session(), reference),
        there,
        structure_specific=format_name == "specific",
        detail=parameters["detail"],
        flat=parameters["flat"] == ALL_DIMENSIONS,
    )
    return Response(written, content_type=DATA_FORMATS[format_name].media_type)


def _csv_response(dataset: Dataset, observations: list[SdmxObservation], detail: str) -> Response:
    if detail != "full":
        raise InvalidRequest(ParameterError("detail", detail, "SDMX-CSV has full rows only", ["full"]))
    dataflow = f"{AGENCY}:{dataset.code}({VERSION})"
    rows = (
        (dataflow, *each.series, each.period, each.value, each.status, dataset.currency, UNIT_MULTIPLIER)
        for each in observations
    )
    response = export_rows("csv", rows, schema=ObservationRow, column_names=list(ObservationRow._declared_fields))
    response.content_type = DATA_FORMATS["csv"].media_type
    return response


def structure_response(artefact_type: str, agency: str, name: str, version: str, references: str = "none") -> Response:
    """Return the artefacts of a kind that have that name, `all` for every one, with what `references` asks for.

    :raises NotFound: there is none.
    """
    form = negotiate_sdmx_format(STRUCTURE_FORMATS)
    if agency not in (AGENCY, "all") or version not in (*LATEST_VERSIONS, "all"):
        raise NotFound(f"All artefacts are of the agency {AGENCY}, version {VERSION}.")
    return conditional_response(
        lambda: _structure_message_response(current_reference(), artefact_type, name, references), format_name=form
    )


def _structure_message_response(reference: Reference, artefact_type: str, name: str, references: str) -> Response:
    lists = available_codelists(current_session(), reference)
    kinds, datasets, named = (
        frozenset((artefact_type, *REFERENCED_ARTEFACT_TYPES.get(artefact_type, {}).get(references, ()))),
        [],
        set(lists),
    )
    if artefact_type in REFERENCED_ARTEFACT_TYPES:
        every = sorted(reference.datasets.values(), key=lambda dataset: dataset.code)
        datasets = every if name == "all" else [find_dataset(reference, name)]
        named = {used for dataset in datasets for used in codelists_of_dataset(reference, dataset).values()}
    elif name != "all":
        there = lists if artefact_type == "codelist" else {CONCEPT_SCHEME: None}
        if name not in there:
            raise NotFound(f"There is no {artefact_type} {name[:100]}; there are {', '.join(sorted(there))}.")
        named = {name}
    from service.resources.sdmx.structure_message import structure_message  # noqa: PLC0415 - see the docstring of the package

    written = structure_message(reference, datasets, lists, artefact_types=kinds, codelist_ids=frozenset(named))
    return Response(written, content_type=STRUCTURE_FORMATS["structure"].media_type)
