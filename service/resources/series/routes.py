"""GET /v1/series."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.series.schemas import SeriesParams, SeriesRow
from service.resources.series.service import SERIES

blueprint = Blueprint("series", __name__, url_prefix="/v1", description="How did it go over time?")


@blueprint.table_route("/series", params=SeriesParams, row_schema=SeriesRow)
def list_series(parameters: dict[str, Any]) -> Response:
    """One or a few series over time, with every growth field.

    The line: a row for each period asked for, gaps included. A period without trade in an exhaustive source
    is 0; one that was not published is null with `value_missing`; a series that a source never prints is
    null with `not_covered`.
    """
    return respond(SERIES, parameters)
