"""GET /sdmx/2.1/..."""

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema

from service.api.blueprint import Blueprint, BlueprintView
from service.api.contract.responses import CACHED_HEADERS, DATA_ERRORS, NOT_MODIFIED
from service.resources.sdmx.media_types import DATA_FORMATS, STRUCTURE_FORMATS, media_type
from service.resources.sdmx.message_responses import data_response, structure_response
from service.resources.sdmx.schemas import DataParams, StructureParams

blueprint = Blueprint("sdmx", __name__, url_prefix="/sdmx/2.1", description="Figures for SDMX clients.")
ARTEFACT_PARAMETERS = {
    "agency": "Agency that maintains the artefact: `TRADEFLOWS`, or `all`. | TRADEFLOWS",
    "version": "Version of the artefact: `latest`. | latest",
}
FLOW_PARAMETER = {"flow": "Identifier of the dataflow, the code of a dataset. | jpn-pc-m-demo"}
KEY_PARAMETER = {
    "key": "Key of the series: `FREQ.REPORTER.FLOW.PARTNER.COMMODITY`. `+` joins several codes of a dimension; an "
    "empty dimension means all its codes; `all` means every series. | M.JPN.X.CHN.TOTAL"
}


def _message_route(
    rule: str, params: type[Schema], path_parameters: dict[str, str], *, formats: dict[str, Any]
) -> Callable[[BlueprintView], BlueprintView]:
    """Return a decorator that serves GET of `rule` with the view's message; the first of `formats` is the default."""
    default_format, *other_formats = formats.values()
    other_content = {
        media_type(each): {"schema": {"type": "string", "description": each.description}} for each in other_formats
    }
    add_route = blueprint.get_route(
        rule,
        {"type": "string", "description": default_format.description},
        description="The message.",
        media_type=media_type(default_format),
        problem_slugs=(*DATA_ERRORS, "not-found"),
        response_headers=CACHED_HEADERS,
        path_parameters=path_parameters,
    )
    add_arguments = blueprint.arguments(params(), location="query", error_status_code=422)

    def decorate(view: BlueprintView) -> BlueprintView:
        view_with_arguments: Any = add_arguments(blueprint.alt_response(304, response=NOT_MODIFIED)(view))
        add_route(blueprint.doc(responses={200: {"content": other_content}})(view_with_arguments))
        return view

    return decorate


@_message_route("/dataflow", StructureParams, {}, formats=STRUCTURE_FORMATS)
def list_dataflows(parameters: dict[str, Any]) -> Response:
    """All dataflows: one for each dataset.

    The identifier of a dataflow is the code of its dataset in /v1/reporters.
    """
    return structure_response("dataflow", parameters)


@_message_route(
    "/dataflow/<agency>/<dataflow>/<version>",
    StructureParams,
    ARTEFACT_PARAMETERS | {"dataflow": "The code of a dataset, or `all`. | jpn-pc-m-demo"},
    formats=STRUCTURE_FORMATS,
)
def get_dataflow(parameters: dict[str, Any], agency: str, dataflow: str, version: str) -> Response:
    """A dataflow with a reference to its data structure.

    `references=descendants` adds the data structure with its code lists and concepts: all metadata that a client needs.
    """
    return structure_response("dataflow", parameters, agency=agency, name=dataflow, version=version)


@_message_route(
    "/datastructure/<agency>/<structure>/<version>",
    StructureParams,
    ARTEFACT_PARAMETERS | {"structure": "The code of a dataset, or `all`. | jpn-pc-m-demo"},
    formats=STRUCTURE_FORMATS,
)
def get_data_structure(parameters: dict[str, Any], agency: str, structure: str, version: str) -> Response:
    """The data structure of a dataflow: its dimensions and attributes.

    Dimensions FREQ, REPORTER, FLOW, PARTNER, COMMODITY and TIME_PERIOD; attributes OBS_STATUS, UNIT_MEASURE,
    UNIT_MULT and DECIMALS; each with its code list.
    """
    return structure_response("datastructure", parameters, agency=agency, name=structure, version=version)


@_message_route(
    "/codelist/<agency>/<codelist>/<version>",
    StructureParams,
    ARTEFACT_PARAMETERS | {"codelist": "The list, or `all`. | CL_FREQ"},
    formats=STRUCTURE_FORMATS,
)
def get_codelist(parameters: dict[str, Any], agency: str, codelist: str, version: str) -> Response:
    """A code list: codes with their names.

    CL_AREA, CL_FLOW, CL_FREQ, CL_OBS_STATUS, CL_UNIT_MEASURE, CL_UNIT_MULT, CL_DECIMALS, and a list of commodities for
    each classification in use, such as `CL_COMMODITY_JP-PC`, in which codes have parents.
    """
    return structure_response("codelist", parameters, agency=agency, name=codelist, version=version)


@_message_route(
    "/conceptscheme/<agency>/<scheme>/<version>",
    StructureParams,
    ARTEFACT_PARAMETERS | {"scheme": "The scheme, or `all`. | CS_TRADE"},
    formats=STRUCTURE_FORMATS,
)
def get_concept_scheme(parameters: dict[str, Any], agency: str, scheme: str, version: str) -> Response:
    """The concept scheme of all data structures.

    The concepts of dimensions, attributes and the primary measure, the same in every dataflow.
    """
    return structure_response("conceptscheme", parameters, agency=agency, name=scheme, version=version)


@_message_route("/data/<flow>", DataParams, FLOW_PARAMETER, formats=DATA_FORMATS)
def get_dataflow_data(parameters: dict[str, Any], flow: str) -> Response:
    """All observations of a dataflow in a range of periods.

    A message holds at most 10,000 observations of 2,000 series in XML, and 100,000 observations in CSV and JSON. For
    more the response is 422; then request single series by key.
    """
    return data_response(flow, "all", parameters)


@_message_route("/data/<flow>/<key>", DataParams, FLOW_PARAMETER | KEY_PARAMETER, formats=DATA_FORMATS)
def get_data(parameters: dict[str, Any], flow: str, key: str) -> Response:
    """Observations of the series of a dataflow that match a key.

    The Accept header selects SDMX-ML, SDMX-CSV or SDMX-JSON, and its version. Values are in whole units of the
    currency in UNIT_MEASURE. Without a matching observation the response is 404.
    """
    return data_response(flow, key, parameters)
