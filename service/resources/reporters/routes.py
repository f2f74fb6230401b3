"""GET /v1/reporters and /v1/reporters/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.reporters.schemas import ReporterRow, ReportersParams
from service.resources.reporters.service import REPORTERS

blueprint = Blueprint(
    "reporters", __name__, url_prefix="/v1", description="What is loaded, until when, and from which source?"
)
CODE_PARAMETER = "The reporter: ISO 3166-1 alpha-3, ISO2 or M49. | JPN"


@blueprint.table_route("/reporters", params=ReportersParams, row_schema=ReporterRow)
def list_reporters(parameters: dict[str, Any]) -> Response:
    """Who reports: one row for each dataset, with what it covers and its newest totals.

    The first and the newest period, the newest release, and all exports and imports of the newest period with their
    growth over the year before.
    """
    return respond(REPORTERS, parameters)


@blueprint.table_route(
    "/reporters/<code>",
    params=ReportersParams,
    row_schema=ReporterRow,
    path_parameters={"code": CODE_PARAMETER},
)
def get_reporter(parameters: dict[str, Any], code: str) -> Response:
    """One reporter: what is loaded of it, and its newest totals with their growth.

    A row for each of its datasets, as in the list of all reporters.
    """
    return respond(REPORTERS, parameters | {"code": code})
