"""GET /v1/commodities and /v1/commodities/{code}."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.api.blueprint import Blueprint
from service.api.database.prepared_queries import QueryBuilder
from service.api.resolution.residual_checks import check_single_level
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_response import TableResource, table_response
from service.resources.commodities.queries import commodities_with_residual, commodity_ranking
from service.resources.commodities.schemas import CommoditiesParams, CommodityRow, OneCommodityParams

blueprint = Blueprint(
    "commodities", __name__, url_prefix="/v1", description="In what is traded, and which goods moved the total?"
)
CODE_PARAMETER = "The commodity, in the classification of the dataset. | IC"
ORDER = (Order("period"), Order("flow"), Order("value", descending=True), Order("partner_id"), Order("commodity_id"))
TABLE = TableResource(
    CommodityRow,
    commodity_ranking,
    default_order=ORDER,
    key_order=PAGE_KEY_ORDER,
    default_labels=True,
    is_parameterizable=True,
)


def _residual_query(resolved_request: ResolvedRequest) -> QueryBuilder:
    check_single_level(resolved_request)
    return commodities_with_residual


@blueprint.table_route("/commodities", params=CommoditiesParams, row_schema=CommodityRow)
def list_commodities(parameters: dict[str, Any]) -> Response:
    """A reporter's commodities in a period, ranked by value, with the World or one partner.

    Each with its growth, its share of all goods, its contribution to the total's growth and its place within its
    level then and a year before; by period, flow and falling value.

    With `rest=true` two rows follow, `other` and `unallocated`, so that values, shares and contributions add up to the
    total's; `limit` is then of each flow.
    """
    return table_response(TABLE, parameters, residual_query=_residual_query)


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
    return table_response(TABLE, parameters | {"commodity": (code,)})
