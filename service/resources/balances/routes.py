"""GET /v1/balances."""

from functools import partial
from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.residual_figures import commodity_breakdown, partner_breakdown
from service.api.blueprint import Blueprint
from service.api.database.prepared_queries import QueryBuilder
from service.api.database.request_context import current_reference
from service.api.resolution.residual_checks import check_disjoint_partners, check_single_level
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_response import TableResource, table_response
from service.resources.balances.queries import balance_table, balances_with_residual
from service.resources.balances.schemas import BalanceRow, BalancesParams

blueprint = Blueprint(
    "balances", __name__, url_prefix="/v1", description="How large is the surplus or deficit, and which way does it go?"
)
ORDER = tuple(Order(column, is_not_null=True) for column in ("period", "partner_id", "commodity_id"))
TABLE = TableResource(
    BalanceRow, balance_table, default_order=ORDER, key_order=ORDER, default_labels=True, is_parameterizable=True
)
LARGEST_FIRST = ("-two_way_value",)


def _residual_query(resolved_request: ResolvedRequest) -> QueryBuilder:
    scope = resolved_request.scope
    assert scope is not None
    if scope.commodities is None or len(scope.commodities) > 1:
        check_single_level(resolved_request)
        breakdown = commodity_breakdown(scope, both_flows=True)
    else:
        check_disjoint_partners(scope, current_reference())
        breakdown = partner_breakdown(scope, both_flows=True)
    return partial(balances_with_residual, breakdown=breakdown)


@blueprint.table_route("/balances", params=BalancesParams, row_schema=BalanceRow)
def list_balances(parameters: dict[str, Any]) -> Response:
    """Exports, imports and their balance, by period, partner and commodity.

    With how the balance moved over the year before, by amount, size and direction, and what both flows together come
    to. `period=2023-01..2024-01` gives a series, `partner=all&sort=-balance` a ranking, and `commodity=all` with one
    partner the goods that two countries trade.

    With `rest=true` two rows follow, `other` and `unallocated`, so that both flows, and with them balances, add up to
    the World's, or, where `commodity` names several, to those of all goods; by falling `two_way_value` unless `sort`
    says otherwise.
    """
    order = {"sort": LARGEST_FIRST} if parameters.get("rest") and "sort" not in parameters else {}
    return table_response(TABLE, parameters | order | {"flow": ("X", "M")}, residual_query=_residual_query)
