"""GET /comtrade/...: the paths of UN Comtrade's API."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, request

from service.api.database.request_context import require_bulk_scope
from service.api.responses.document_resource import DocumentResource
from service.api.responses.rendering import json_response
from service.api.responses.respond import respond
from service.errors import NotFound
from service.resources.comtrade.availability import AVAILABILITY, BULK_FILES, LIVE_UPDATES, METADATA
from service.resources.comtrade.parameters import MAX_PREVIEW_ROWS, SUBSCRIPTION_KEY, comtrade_parameters
from service.resources.comtrade.reference_files import REFERENCE_FILE
from service.resources.comtrade.rendering import (
    URL_PREFIX,
    add_addresses,
    render_envelope,
    render_reference_file,
    render_text_file,
)
from service.resources.comtrade.service import BALANCES, BILATERAL_DATA, DATA, UNIT_VALUES

blueprint = Blueprint("comtrade", __name__, url_prefix=URL_PREFIX)
SELECTION = "<type_code>/<frequency>/<classification>"
COMPLETED_STATUS = "Completed"


def _envelope(resource: DocumentResource, parameters: dict[str, Any]) -> Response:
    parameters["host_url"] = request.host_url  # rows have addresses
    response = respond(resource, parameters, render=render_envelope, format_name="json")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _request_parameters() -> dict[str, Any]:
    return comtrade_parameters(request.args.items(multi=True)) | (request.view_args or {})


@blueprint.get(f"/data/v1/get/{SELECTION}")
@blueprint.get(f"/data/v1/getTariffline/{SELECTION}")
@blueprint.get(f"/data/v1/getTradeMatrix/{SELECTION}")
def get_comtrade_data(**_path: str) -> Response:
    """Return rows of figures in dollars."""
    return _envelope(DATA, _request_parameters())


@blueprint.get(f"/public/v1/preview/{SELECTION}")
@blueprint.get(f"/public/v1/previewTariffline/{SELECTION}")
def get_comtrade_preview(**_path: str) -> Response:
    """Return at most 500 rows of figures in dollars."""
    parameters = _request_parameters()
    return _envelope(DATA, parameters | {"maxrecords": min(parameters["maxrecords"], MAX_PREVIEW_ROWS)})


@blueprint.get(f"/tools/v1/getTradeBalance/{SELECTION}")
def get_comtrade_balances(**_path: str) -> Response:
    """Return exports, imports and balances in dollars."""
    return _envelope(BALANCES, _request_parameters())


@blueprint.get(f"/tools/v1/getBilateralData/{SELECTION}")
def get_comtrade_bilateral_data(**_path: str) -> Response:
    """Return rows of figures beside the partner's report of the same trade."""
    return _envelope(BILATERAL_DATA, _request_parameters())


@blueprint.get(f"/<any(data, public):access>/v1/getDa/{SELECTION}")
@blueprint.get(f"/<any(data, public):access>/v1/getDaTariffline/{SELECTION}")
def get_comtrade_availability(**_path: str) -> Response:
    """Return the available datasets and periods."""
    return _envelope(AVAILABILITY, _request_parameters())


@blueprint.get(f"/<any(data, public):access>/v1/getMetadata/{SELECTION}")
def get_comtrade_metadata(**_path: str) -> Response:
    """Return the available datasets and periods with their publication notes."""
    return _envelope(METADATA, _request_parameters())


@blueprint.get("/data/v1/getLiveUpdate")
def get_comtrade_live_updates() -> Response:
    """Return the newest releases."""
    return _envelope(LIVE_UPDATES, _request_parameters())


@blueprint.get(f"/data/v1/getSUV/{SELECTION}")
def get_comtrade_unit_values(**_path: str) -> Response:
    """Return an empty list of standard unit values."""
    return _envelope(UNIT_VALUES, _request_parameters())


@blueprint.get(f"/bulk/v1/get/{SELECTION}")
@blueprint.get(f"/bulk/v1/getTariffline/{SELECTION}")
@blueprint.get(f"/bulk/v1/getClassic/{SELECTION}")
def list_comtrade_bulk_files(**_path: str) -> Response:
    """Return the files of the available datasets and periods."""
    return _envelope(BULK_FILES, _request_parameters())


@blueprint.get(f"/bulk/v1/file/{SELECTION}/<reportercode>/<period>.gz")
def get_comtrade_bulk_file(reportercode: str, period: str, **path: str) -> Response:
    """Return all rows of a reporter and a period as a file."""
    require_bulk_scope("a file")
    parameters = comtrade_parameters([("reportercode", reportercode), ("period", period)]) | path
    return respond(DATA, parameters, render=render_text_file, format_name="json")


@blueprint.get(f"/async/v1/get/{SELECTION}")
@blueprint.get(f"/async/v1/getTariffline/{SELECTION}")
def submit_comtrade_request(**path: str) -> Response:
    """Accept an asynchronous request for a file, and return its identifier.

    The identifier encodes the request, so that the service stores nothing.
    """
    _request_parameters()
    arguments = [(name, text) for name, text in request.args.items(multi=True) if name.lower() != SUBSCRIPTION_KEY]
    identifier = urlsafe_b64encode(urlencode([*path.items(), *arguments]).encode()).decode().rstrip("=")
    response = json_response({"requestId": identifier, "message": f"The request is accepted, with ID {identifier}."})
    response.status_code = 202
    return response


@blueprint.get("/async/v1/getDA/")
@blueprint.get("/async/v1/getDA")
def get_comtrade_request_status() -> Response:
    """Return the status of an asynchronous request for a file, which is always that it can be downloaded."""
    identifier = _request_parameters()["batchid"]
    rows = [] if identifier is None else [_request_status(identifier)]
    return json_response({"elapsedTime": "0.00 secs", "count": len(rows), "data": add_addresses(rows), "error": ""})


@blueprint.get("/async/v1/file/<identifier>.gz")
def get_comtrade_request_file(identifier: str) -> Response:
    """Return a file of the rows for an asynchronous request of UN Comtrade's API, which `identifier` encodes."""
    require_bulk_scope("a file")
    return respond(DATA, _decode_request(identifier), render=render_text_file, format_name="json")


@blueprint.get("/files/v1/app/reference/<name>")
def get_comtrade_reference_file(name: str) -> Response:
    """Return a reference file, or the list of all of them."""
    return respond(
        REFERENCE_FILE, {"name": name, "host_url": request.host_url}, render=render_reference_file, format_name="json"
    )


def _request_status(identifier: str) -> dict[str, Any]:
    _decode_request(identifier)
    return {"batchId": identifier, "status": COMPLETED_STATUS, "uri": f"/async/v1/file/{identifier}.gz"}


def _decode_request(identifier: str) -> dict[str, Any]:
    """Return the parameters of a request for a file.

    :raises NotFound: the identifier is none of this service.
    """
    try:
        text = urlsafe_b64decode(identifier + "=" * (-len(identifier) % 4)).decode()
        arguments = parse_qsl(text, strict_parsing=True)
    except ValueError as error:
        raise NotFound("There is no request with this ID.") from error
    path = {name: text for name, text in arguments if name in {"type_code", "frequency", "classification"}}
    if len(path) < 3:
        raise NotFound("There is no request with this ID.")
    return comtrade_parameters((name, text) for name, text in arguments if name not in path) | path
