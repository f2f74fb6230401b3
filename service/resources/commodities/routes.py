"""GET /v1/commodities and /v1/commodities/{code}."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.paged_table import KEY_ORDER
from service.api.blueprint import Blueprint
from service.api.database.prepared_queries import Query
from service.api.resolution.residual_checks import refuse_several_levels
from service.api.resolution.resolver import Resolved
from service.api.responses.table_response import Table, answer
from service.resources.commodities.queries import commodities_with_rest, commodity_ranking
from service.resources.commodities.schemas import CommoditiesParams, CommodityRow, OneCommodityParams

blueprint = Blueprint(
    "commodities", __name__, url_prefix="/v1", description="In what is traded, and which goods moved the total?"
)
CODE = "The commodity, in the classification of the dataset. | IC"
ORDER = (Order("period"), Order("flow"), Order("value", descending=True), Order("partner_id"), Order("commodity_id"))
TABLE = Table(CommodityRow, commodity_ranking, own_order=ORDER, key_order=KEY_ORDER, labels=True, one_form=True)


def _whole(resolved: Resolved) -> Query:
    refuse_several_levels(resolved)
    return commodities_with_rest


@blueprint.answers("/commodities", params=CommoditiesParams, row=CommodityRow)
def list_commodities(parameters: dict[str, Any]) -> Response:
    """A reporter's commodities in a period, ranked by value, with the World or one partner.

    Each with its growth, its share of all goods, its contribution to the total's growth and its place within its
    level then and a year before; by period, flow and falling value.

    With `rest=true` two rows follow, `other` and `unallocated`, so that values, shares and contributions add up to the
    total's; `limit` is then of each flow.
    """
    return answer(TABLE, parameters, whole=_whole)


@blueprint.answers(
    "/commodities/<code>",
    params=OneCommodityParams,
    row=CommodityRow,
    path={"code": CODE},
)
def get_commodity(parameters: dict[str, Any], code: str) -> Response:
    """One commodity of a reporter: its exports and its imports.

    Each flow with its growth, share, contribution and place among the commodities of its level.
    """
    return answer(TABLE, parameters | {"commodity": (code,)})
