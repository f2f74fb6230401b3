"""SDMX messages in the form that is asked for."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api.caching.etags import cached
from service.api.database.request_context import current_reference, current_session
from service.api.resolution.reference_data import Reference
from service.api.responses.export_response import rows_response
from service.api.security.authentication import allow_whole
from service.errors import Fault, InvalidRequest, NotFound, RequestTooLarge
from service.models import Dataset
from service.resources.sdmx.codelists import code_lists, lists_of
from service.resources.sdmx.identifiers import AGENCY, CONCEPT_SCHEME, FLAT, UNIT_MULT, VERSION
from service.resources.sdmx.key import NEWEST, dataset_named, key_named, scopes_asked
from service.resources.sdmx.media_types import DATA, STRUCTURE, form_accepted
from service.resources.sdmx.observations import Found, found
from service.resources.sdmx.schemas import ObservationRow

MOST = {"generic": 10_000, "specific": 10_000, "csv": 100_000}
"""Observations that one message holds; XML takes longer to write."""
SERIES_ALONE = ("serieskeysonly", "nodata")
ALONGSIDE = {
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


def data(flow: str, key: str, parameters: Mapping[str, Any]) -> Response:
    """Return the observations of a dataflow that have `key`.

    :raises NotFound: there is no such dataflow, or no such observation.
    :raises RequestTooLarge: there are more than one message holds.
    :raises KeyNotEnough: the key that was sent does not open whole tables.
    """
    allow_whole("a message of SDMX data")
    form = form_accepted(DATA)
    return cached(
        lambda: _data(current_reference(), flow, key, parameters, form), form=form, as_of=parameters.get("as_of")
    )


def _data(reference: Reference, flow: str, key: str, parameters: Mapping[str, Any], form: str) -> Response:
    dataset = dataset_named(reference, flow)
    scopes = scopes_asked(reference, dataset, key_named(key), parameters)
    alone = parameters["detail"] in SERIES_ALONE
    there = found(current_session(), reference, dataset, scopes, series_alone=alone, most=MOST[form])
    if not there:
        raise NotFound(f"The dataflow {dataset.code} has no observation of {key or 'all'} in the periods asked for.")
    if len(there) > MOST[form]:
        reason = f"one message holds {MOST[form]} at most; ask for fewer codes or periods, or page through /v1/flows"
        raise RequestTooLarge(Fault("key", key, reason))
    if form == "csv":
        return _csv(dataset, there, parameters["detail"])
    from service.resources.sdmx.data_message import data_message  # noqa: PLC0415 - see the docstring of the package

    written = data_message(
        reference,
        dataset,
        code_lists(current_session(), reference),
        there,
        specific=form == "specific",
        detail=parameters["detail"],
        flat=parameters["flat"] == FLAT,
    )
    return Response(written, content_type=DATA[form].media_type)


def _csv(dataset: Dataset, there: list[Found], detail: str) -> Response:
    if detail != "full":
        raise InvalidRequest(Fault("detail", detail, "SDMX-CSV has full rows only", ["full"]))
    dataflow = f"{AGENCY}:{dataset.code}({VERSION})"
    rows = (
        (dataflow, *each.series, each.period, each.value, each.status, dataset.currency, UNIT_MULT) for each in there
    )
    response = rows_response("csv", rows, schema=ObservationRow, names=list(ObservationRow._declared_fields))
    response.content_type = DATA["csv"].media_type
    return response


def structures(kind: str, agency: str, name: str, version: str, references: str = "none") -> Response:
    """Return the artefacts of a kind that have that name, `all` for every one, with what `references` asks for.

    :raises NotFound: there is none.
    """
    form = form_accepted(STRUCTURE)
    if agency not in (AGENCY, "all") or version not in (*NEWEST, "all"):
        raise NotFound(f"All artefacts are of the agency {AGENCY}, version {VERSION}.")
    return cached(lambda: _structures(current_reference(), kind, name, references), form=form)


def _structures(reference: Reference, kind: str, name: str, references: str) -> Response:
    lists = code_lists(current_session(), reference)
    kinds, datasets, named = frozenset((kind, *ALONGSIDE.get(kind, {}).get(references, ()))), [], set(lists)
    if kind in ALONGSIDE:
        every = sorted(reference.datasets.values(), key=lambda dataset: dataset.code)
        datasets = every if name == "all" else [dataset_named(reference, name)]
        named = {used for dataset in datasets for used in lists_of(reference, dataset).values()}
    elif name != "all":
        there = lists if kind == "codelist" else {CONCEPT_SCHEME: None}
        if name not in there:
            raise NotFound(f"There is no {kind} {name[:100]}; there are {', '.join(sorted(there))}.")
        named = {name}
    from service.resources.sdmx.structure_message import structure_message  # noqa: PLC0415 - see the docstring of the package

    written = structure_message(reference, datasets, lists, kinds=kinds, named=frozenset(named))
    return Response(written, content_type=STRUCTURE["structure"].media_type)
