"""GET /v1/comparative-advantage."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.api.blueprint import Blueprint
from service.api.responses.list_response import ListResource, list_response
from service.api.responses.query_result import sortable_columns
from service.resources.comparative_advantage.schemas import ComparativeAdvantageParams, ComparativeAdvantageRow
from service.resources.comparative_advantage.service import advantage_rows

blueprint = Blueprint(
    "comparative-advantage", __name__, url_prefix="/v1", description="In which goods a reporter is specialised."
)
LISTING = ListResource(
    ComparativeAdvantageRow,
    ("reporter", "period", "commodity"),
    sortable_columns=sortable_columns(ComparativeAdvantageRow),
    default_order=(Order("period"), Order("rca", descending=True), Order("commodity")),
)


@blueprint.table_route("/comparative-advantage", params=ComparativeAdvantageParams, row_schema=ComparativeAdvantageRow)
def list_comparative_advantages(parameters: dict[str, Any]) -> Response:
    """Revealed comparative advantage: in which goods a reporter's exports are larger than the world's would have them.

    The index of Balassa (1965), by period and falling `rca`. The world is all reporters that are loaded with a dataset
    of the same family of classifications, and each row names them: load more, and it comes nearer to the whole.
    """
    return list_response(lambda: advantage_rows(parameters), parameters, LISTING)
