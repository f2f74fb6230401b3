"""GET /v1/commodities and /v1/commodities/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.commodities.schemas import CommoditiesParams, CommodityRow, OneCommodityParams
from service.resources.commodities.service import COMMODITIES

blueprint = Blueprint("commodities", __name__, url_prefix="/v1", description="Commodities of a reporter, ranked.")
COMMODITY_PARAMETER = "The commodity, in the classification of the dataset. | IC"


@blueprint.table_route("/commodities", params=CommoditiesParams, row_schema=CommodityRow)
def list_commodities(parameters: dict[str, Any]) -> Response:
    """A reporter's commodities in a period, ranked by value, with the World or one partner.

    Each row has the growth, the share of all commodities, the contribution to the total's growth, and the rank within
    its level in the period and a year earlier. Rows are ordered by period, flow and descending value.

    With `residual=true` two residual rows follow, `other` and `unallocated`, so that values, shares and contributions
    add up to the total's; `limit` then applies to each flow.
    """
    return respond(COMMODITIES, parameters)


@blueprint.table_route(
    "/commodities/<code>",
    params=OneCommodityParams,
    row_schema=CommodityRow,
    path_parameters={"code": COMMODITY_PARAMETER},
)
def get_commodity(parameters: dict[str, Any], code: str) -> Response:
    """One commodity of a reporter: its exports and its imports.

    A row for each flow, with growth, share, contribution and rank among the commodities of its level.
    """
    return respond(COMMODITIES, parameters | {"code": code})
