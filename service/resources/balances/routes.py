"""GET /v1/balances."""

from functools import partial
from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.residual_figures import by_commodity, by_partner
from service.api.blueprint import Blueprint
from service.api.database.prepared_queries import Query
from service.api.database.request_context import current_reference
from service.api.resolution.residual_checks import refuse_overlapping_partners, refuse_several_levels
from service.api.resolution.resolver import Resolved
from service.api.responses.table_response import Table, answer
from service.resources.balances.queries import balance_table, balances_with_rest
from service.resources.balances.schemas import BalanceRow, BalancesParams

blueprint = Blueprint(
    "balances", __name__, url_prefix="/v1", description="How large is the surplus or deficit, and which way does it go?"
)
ORDER = tuple(Order(column, key=True) for column in ("period", "partner_id", "commodity_id"))
TABLE = Table(BalanceRow, balance_table, own_order=ORDER, key_order=ORDER, labels=True, one_form=True)
LARGEST_FIRST = ("-two_way_value",)


def _whole(resolved: Resolved) -> Query:
    scope = resolved.scope
    assert scope is not None
    if scope.commodities is None or len(scope.commodities) > 1:
        refuse_several_levels(resolved)
        breakdown = by_commodity(scope, both_flows=True)
    else:
        refuse_overlapping_partners(scope, current_reference())
        breakdown = by_partner(scope, both_flows=True)
    return partial(balances_with_rest, breakdown=breakdown)


@blueprint.answers("/balances", params=BalancesParams, row=BalanceRow)
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
    return answer(TABLE, parameters | order | {"flow": ("X", "M")}, whole=_whole)
