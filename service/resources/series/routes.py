"""GET /v1/series."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.api.blueprint import Blueprint
from service.api.responses.table_response import TableResource, table_response
from service.resources.series.queries import series_table
from service.resources.series.schemas import SeriesParams, SeriesRow

blueprint = Blueprint("series", __name__, url_prefix="/v1", description="How did it go over time?")
ORDER = tuple(Order(column, is_not_null=True) for column in ("flow", "partner_id", "commodity_id", "period"))
TABLE = TableResource(
    SeriesRow, series_table, default_order=ORDER, key_order=ORDER, max_series=1000, is_parameterizable=True
)


@blueprint.table_route("/series", params=SeriesParams, row_schema=SeriesRow)
def list_series(parameters: dict[str, Any]) -> Response:
    """One or a few series over time, with every growth field.

    The line: a row for each period asked for, gaps included. A period without trade in an exhaustive source
    is 0; one that was not published is null with `value_missing`; a series that a source never prints is
    null with `not_covered`.
    """
    return table_response(TABLE, parameters)
