"""GET /sdmx/2.1/..."""

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema

from service.api.blueprint import Blueprint, BlueprintView
from service.api.contract.responses import CACHED_HEADERS, DATA_ERRORS, NOT_MODIFIED
from service.api.database.request_context import require_bulk_scope
from service.api.responses.respond import respond
from service.resources.sdmx.media_types import DATA_FORMATS, STRUCTURE_FORMATS, media_type, negotiate_sdmx_format
from service.resources.sdmx.schemas import DataParams, NoParams, StructureParams
from service.resources.sdmx.service import DATA, STRUCTURE

blueprint = Blueprint("sdmx", __name__, url_prefix="/sdmx/2.1", description="The same figures for clients of SDMX.")
ARTEFACT_PARAMETERS = {
    "agency": "Who maintains it: `TRADEFLOWS`, or `all`. | TRADEFLOWS",
    "version": "Its version: `latest`. | latest",
}
FLOW_PARAMETER = {"flow": "The dataflow, the code of a dataset, as /sdmx/2.1/dataflow lists them. | jpn-pc-m-demo"}
KEY_PARAMETER = {
    "key": "The series: `FREQ.REPORTER.FLOW.PARTNER.COMMODITY`, several codes of one joined by `+`, none for all of "
    "it; `all` for every series. | M.JPN.X.CHN.TOTAL"
}


def _message_route(
    rule: str, params: type[Schema], path_parameters: dict[str, str], *, formats: dict[str, Any]
) -> Callable[[BlueprintView], BlueprintView]:
    """Serve GET of `rule` with the message that the decorated view makes, in the first of `forms` or another."""
    first, *others = formats.values()
    content = {media_type(form): {"schema": {"type": "string", "description": form.description}} for form in others}
    serve = blueprint.get_route(
        rule,
        {"type": "string", "description": first.description},
        description="The message.",
        media_type=media_type(first),
        problem_slugs=(*DATA_ERRORS, "not-found"),
        response_headers=CACHED_HEADERS,
        path_parameters=path_parameters,
    )
    parsed = blueprint.arguments(params, location="query", error_status_code=422)

    def decorate(view: BlueprintView) -> BlueprintView:
        described: Any = parsed(blueprint.alt_response(304, response=NOT_MODIFIED)(view))
        serve(blueprint.doc(responses={200: {"content": content}})(described))
        return view

    return decorate


@_message_route("/dataflow", StructureParams, {}, formats=STRUCTURE_FORMATS)
def list_dataflows(parameters: dict[str, Any]) -> Response:
    """What there is: a dataflow for each dataset.

    The code of a dataflow is that of its dataset in /v1/reporters.
    """
    return _structure_response("dataflow", "all", "all", "latest", parameters["references"])


@_message_route(
    "/dataflow/<agency>/<dataflow>/<version>",
    StructureParams,
    ARTEFACT_PARAMETERS | {"dataflow": "The code of a dataset, or `all`. | jpn-pc-m-demo"},
    formats=STRUCTURE_FORMATS,
)
def get_dataflow(parameters: dict[str, Any], agency: str, dataflow: str, version: str) -> Response:
    """A dataflow: what it is, and by which structure its series are told apart.

    With `references=descendants` the structure comes along, with its code lists and concepts: all that a client needs.
    """
    return _structure_response("dataflow", agency, dataflow, version, parameters["references"])


@_message_route(
    "/datastructure/<agency>/<structure>/<version>",
    StructureParams,
    ARTEFACT_PARAMETERS | {"structure": "The code of a dataset, or `all`. | jpn-pc-m-demo"},
    formats=STRUCTURE_FORMATS,
)
def get_data_structure(parameters: dict[str, Any], agency: str, structure: str, version: str) -> Response:
    """The structure of a dataflow: how its series are told apart.

    Dimensions FREQ, REPORTER, FLOW, PARTNER, COMMODITY and TIME_PERIOD; attributes OBS_STATUS, UNIT_MEASURE and
    UNIT_MULT; each with its list of codes.
    """
    return _structure_response("datastructure", agency, structure, version, parameters["references"])


@_message_route(
    "/codelist/<agency>/<codelist>/<version>",
    NoParams,
    ARTEFACT_PARAMETERS | {"codelist": "The list, or `all`. | CL_FREQ"},
    formats=STRUCTURE_FORMATS,
)
def get_codelist(_parameters: dict[str, Any], agency: str, codelist: str, version: str) -> Response:
    """A list of codes with their names.

    CL_AREA, CL_FLOW, CL_FREQ, CL_OBS_STATUS, CL_UNIT_MEASURE, CL_UNIT_MULT, and a list of commodities for each
    classification in use, `CL_COMMODITY_JP-PC`, in which each code tells what it is a part of.
    """
    return _structure_response("codelist", agency, codelist, version)


@_message_route(
    "/conceptscheme/<agency>/<scheme>/<version>",
    NoParams,
    ARTEFACT_PARAMETERS | {"scheme": "The scheme, or `all`. | CS_TRADE"},
    formats=STRUCTURE_FORMATS,
)
def get_concept_scheme(_parameters: dict[str, Any], agency: str, scheme: str, version: str) -> Response:
    """The concepts of the structures.

    What dimensions, attributes and the measure stand for, the same in every dataflow.
    """
    return _structure_response("conceptscheme", agency, scheme, version)


@_message_route("/data/<flow>", DataParams, FLOW_PARAMETER, formats=DATA_FORMATS)
def get_dataflow_data(parameters: dict[str, Any], flow: str) -> Response:
    """All observations of a dataflow in a time.

    Where there are more than one message holds, 10,000 in XML and 100,000 in CSV, the answer is 422: ask by key then.
    """
    return _data_response(flow, "all", parameters)


@_message_route("/data/<flow>/<key>", DataParams, FLOW_PARAMETER | KEY_PARAMETER, formats=DATA_FORMATS)
def get_data(parameters: dict[str, Any], flow: str, key: str) -> Response:
    """The observations of some series of a dataflow.

    As SDMX-ML, generic or specific to the structure, or as SDMX-CSV, by the Accept header. Values are in whole units
    of the currency in UNIT_MEASURE. Where there is no observation the answer is 404.
    """
    return _data_response(flow, key, parameters)


def _data_response(dataflow: str, key: str, parameters: dict[str, Any]) -> Response:
    require_bulk_scope("a message of SDMX data")
    from service.resources.sdmx.rendering import render_data  # noqa: PLC0415 - the library of messages takes 0.5 s to import

    format_name = negotiate_sdmx_format(DATA_FORMATS)
    named = parameters | {"dataflow": dataflow, "key": key}
    return respond(DATA, named, render=render_data, format_name=format_name)


def _structure_response(artefact_type: str, agency: str, name: str, version: str, references: str = "none") -> Response:
    from service.resources.sdmx.rendering import render_structure  # noqa: PLC0415 - as above

    format_name = negotiate_sdmx_format(STRUCTURE_FORMATS)
    named = {"artefact_type": artefact_type, "agency": agency, "name": name, "version": version}
    return respond(STRUCTURE, named | {"references": references}, render=render_structure, format_name=format_name)
