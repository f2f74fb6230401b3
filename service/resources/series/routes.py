"""GET /v1/series."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.series.schemas import SeriesParams, SeriesRow
from service.resources.series.service import SERIES

blueprint = Blueprint("series", __name__, url_prefix="/v1", description="Time series, with growth.")


@blueprint.table_route("/series", params=SeriesParams, row_schema=SeriesRow)
def list_series(parameters: dict[str, Any]) -> Response:
    """Time series with every growth column.

    A row for each requested period, gaps included. In an exhaustive source a period without trade is 0. A period that
    was not published is null with `value_missing`; a series that the source never publishes is null with
    `not_covered`.
    """
    return respond(SERIES, parameters)
