"""GET /v1/commodities and /v1/commodities/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.commodities.schemas import CommoditiesParams, CommodityRow, OneCommodityParams
from service.resources.commodities.service import COMMODITIES

blueprint = Blueprint(
    "commodities", __name__, url_prefix="/v1", description="In what is traded, and which goods moved the total?"
)
CODE_PARAMETER = "The commodity, in the classification of the dataset. | IC"


@blueprint.table_route("/commodities", params=CommoditiesParams, row_schema=CommodityRow)
def list_commodities(parameters: dict[str, Any]) -> Response:
    """A reporter's commodities in a period, ranked by value, with the World or one partner.

    Each with its growth, its share of all goods, its contribution to the total's growth and its place within its
    level then and a year before; by period, flow and falling value.

    With `residual=true` two rows follow, `other` and `unallocated`, so that values, shares and contributions add up to
    the total's; `limit` is then of each flow.
    """
    return respond(COMMODITIES, parameters)


@blueprint.table_route(
    "/commodities/<code>",
    params=OneCommodityParams,
    row_schema=CommodityRow,
    path_parameters={"code": CODE_PARAMETER},
)
def get_commodity(parameters: dict[str, Any], code: str) -> Response:
    """One commodity of a reporter: its exports and its imports.

    Each flow with its growth, share, contribution and place among the commodities of its level.
    """
    return respond(COMMODITIES, parameters | {"code": code})
