"""GET /sdmx/2.1/..."""

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema

from service.api.blueprint import Blueprint, View
from service.api.openapi.components import ANY_QUESTION, NOT_MODIFIED, OF_CACHED
from service.resources.sdmx.media_types import DATA, STRUCTURE, media_type
from service.resources.sdmx.schemas import DataParams, NoParams, StructureParams
from service.resources.sdmx.service import data, structures

blueprint = Blueprint("sdmx", __name__, url_prefix="/sdmx/2.1", description="The same figures for clients of SDMX.")
IN_PATH = {
    "agency": "Who maintains it: `TRADEFLOWS`, or `all`. | TRADEFLOWS",
    "version": "Its version: `latest`. | latest",
}
FLOW = {"flow": "The dataflow, the code of a dataset, as /sdmx/2.1/dataflow lists them. | jpn-pc-m-demo"}
KEY = {
    "key": "The series: `FREQ.REPORTER.FLOW.PARTNER.COMMODITY`, several codes of one joined by `+`, none for all of "
    "it; `all` for every series. | M.JPN.X.CHN.TOTAL"
}


def _message(rule: str, params: type[Schema], path: dict[str, str], *, forms: dict[str, Any]) -> Callable[[View], View]:
    """Serve GET of `rule` with the message that the decorated view makes, in the first of `forms` or another."""
    first, *others = forms.values()
    content = {media_type(form): {"schema": {"type": "string", "description": form.holds}} for form in others}
    serve = blueprint.gives(
        rule,
        {"type": "string", "description": first.holds},
        text="The message.",
        media=media_type(first),
        errors=(*ANY_QUESTION, "not-found"),
        sent=OF_CACHED,
        path=path,
    )
    parsed = blueprint.arguments(params, location="query", error_status_code=422)

    def decorate(view: View) -> View:
        described: Any = parsed(blueprint.alt_response(304, response=NOT_MODIFIED)(view))
        serve(blueprint.doc(responses={200: {"content": content}})(described))
        return view

    return decorate


@_message("/dataflow", StructureParams, {}, forms=STRUCTURE)
def list_dataflows(parameters: dict[str, Any]) -> Response:
    """What there is: a dataflow for each dataset.

    The code of a dataflow is that of its dataset in /v1/reporters.
    """
    return structures("dataflow", "all", "all", "latest", parameters["references"])


@_message(
    "/dataflow/<agency>/<dataflow>/<version>",
    StructureParams,
    IN_PATH | {"dataflow": "The code of a dataset, or `all`. | jpn-pc-m-demo"},
    forms=STRUCTURE,
)
def get_dataflow(parameters: dict[str, Any], agency: str, dataflow: str, version: str) -> Response:
    """A dataflow: what it is, and by which structure its series are told apart.

    With `references=descendants` the structure comes along, with its code lists and concepts: all that a client needs.
    """
    return structures("dataflow", agency, dataflow, version, parameters["references"])


@_message(
    "/datastructure/<agency>/<structure>/<version>",
    StructureParams,
    IN_PATH | {"structure": "The code of a dataset, or `all`. | jpn-pc-m-demo"},
    forms=STRUCTURE,
)
def get_data_structure(parameters: dict[str, Any], agency: str, structure: str, version: str) -> Response:
    """The structure of a dataflow: how its series are told apart.

    Dimensions FREQ, REPORTER, FLOW, PARTNER, COMMODITY and TIME_PERIOD; attributes OBS_STATUS, UNIT_MEASURE and
    UNIT_MULT; each with its list of codes.
    """
    return structures("datastructure", agency, structure, version, parameters["references"])


@_message(
    "/codelist/<agency>/<codelist>/<version>",
    NoParams,
    IN_PATH | {"codelist": "The list, or `all`. | CL_FREQ"},
    forms=STRUCTURE,
)
def get_codelist(_parameters: dict[str, Any], agency: str, codelist: str, version: str) -> Response:
    """A list of codes with their names.

    CL_AREA, CL_FLOW, CL_FREQ, CL_OBS_STATUS, CL_UNIT_MEASURE, CL_UNIT_MULT, and a list of commodities for each
    classification in use, `CL_COMMODITY_JP-PC`, in which each code tells what it is a part of.
    """
    return structures("codelist", agency, codelist, version)


@_message(
    "/conceptscheme/<agency>/<scheme>/<version>",
    NoParams,
    IN_PATH | {"scheme": "The scheme, or `all`. | CS_TRADE"},
    forms=STRUCTURE,
)
def get_concept_scheme(_parameters: dict[str, Any], agency: str, scheme: str, version: str) -> Response:
    """The concepts of the structures.

    What dimensions, attributes and the measure stand for, the same in every dataflow.
    """
    return structures("conceptscheme", agency, scheme, version)


@_message("/data/<flow>", DataParams, FLOW, forms=DATA)
def get_dataflow_data(parameters: dict[str, Any], flow: str) -> Response:
    """All observations of a dataflow in a time.

    Where there are more than one message holds, 10,000 in XML and 100,000 in CSV, the answer is 422: ask by key then.
    """
    return data(flow, "all", parameters)


@_message("/data/<flow>/<key>", DataParams, FLOW | KEY, forms=DATA)
def get_data(parameters: dict[str, Any], flow: str, key: str) -> Response:
    """The observations of some series of a dataflow.

    As SDMX-ML, generic or specific to the structure, or as SDMX-CSV, by the Accept header. Values are in whole units
    of the currency in UNIT_MEASURE. Where there is no observation the answer is 404.
    """
    return data(flow, key, parameters)
