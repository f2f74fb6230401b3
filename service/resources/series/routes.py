"""GET /v1/series."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.api.blueprint import Blueprint
from service.api.responses.table_response import Table, answer
from service.resources.series.queries import series_line
from service.resources.series.schemas import SeriesParams, SeriesRow

blueprint = Blueprint("series", __name__, url_prefix="/v1", description="How did it go over time?")
ORDER = tuple(Order(column, key=True) for column in ("flow", "partner_id", "commodity_id", "period"))
TABLE = Table(SeriesRow, series_line, own_order=ORDER, key_order=ORDER, most_series=1000, one_form=True)


@blueprint.answers("/series", params=SeriesParams, row=SeriesRow)
def list_series(parameters: dict[str, Any]) -> Response:
    """One or a few series over time, with every growth field.

    The line: a row for each period asked for, gaps included. A period without trade in an exhaustive source
    is 0; one that was not published is null with `value_missing`; a series that a source never prints is
    null with `not_covered`.
    """
    return answer(TABLE, parameters)
