"""GET /v1/reporters and /v1/reporters/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.reporters.schemas import ReporterRow, ReportersParams
from service.resources.reporters.service import REPORTERS

blueprint = Blueprint("reporters", __name__, url_prefix="/v1", description="Reporters and their loaded datasets.")
REPORTER_PARAMETER = "The reporter: ISO 3166-1 alpha-3, ISO2 or M49. | JPN"


@blueprint.table_route("/reporters", params=ReportersParams, row_schema=ReporterRow)
def list_reporters(parameters: dict[str, Any]) -> Response:
    """Reporters: one row for each dataset, with its coverage and its newest totals.

    A row has the first and the newest period, the newest release, and total exports and imports of the newest period
    with their growth from a year earlier.
    """
    return respond(REPORTERS, parameters)


@blueprint.table_route(
    "/reporters/<code>",
    params=ReportersParams,
    row_schema=ReporterRow,
    path_parameters={"code": REPORTER_PARAMETER},
)
def get_reporter(parameters: dict[str, Any], code: str) -> Response:
    """One reporter: its loaded datasets, and their newest totals with growth.

    A row for each of its datasets, as in the list of all reporters.
    """
    return respond(REPORTERS, parameters | {"code": code})
