"""The resource /v1/balances."""

from functools import partial

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.residual_figures import commodity_breakdown, partner_breakdown
from service.api.contract.formats import CHARTED_FORMATS
from service.api.database.context import Context
from service.api.database.query_executor import QueryBuilder
from service.api.parameters.request import DataRequest
from service.api.resolution.residual_checks import check_disjoint_partners, check_single_level
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_resource import TableResource
from service.resources.balances.queries import balance_table, balances_with_residual
from service.resources.balances.schemas import BalanceRow

ORDER = tuple(Order(column, is_not_null=True) for column in ("period", "partner_id", "commodity_id"))
DESCENDING_TWO_WAY_VALUE = ("-two_way_value",)


def _residual_query(context: Context, resolved: ResolvedRequest) -> QueryBuilder:
    scope = resolved.scope
    assert scope is not None
    if scope.commodities is None or len(scope.commodities) > 1:
        check_single_level(resolved)
        breakdown = commodity_breakdown(scope, both_flows=True)
    else:
        check_disjoint_partners(scope, context.reference)
        breakdown = partner_breakdown(scope, both_flows=True)
    return partial(balances_with_residual, breakdown=breakdown)


def _select_both_flows(request: DataRequest) -> DataRequest:
    """Return the request for exports and imports; with residual rows, in descending order of two-way trade."""
    is_ranking = request.parameters.get("residual") and "sort" not in request.parameters
    order = {"sort": DESCENDING_TWO_WAY_VALUE} if is_ranking else {}
    return request.replace_parameters(flow=("X", "M"), **order)


BALANCES = TableResource(
    BalanceRow,
    balance_table,
    default_order=ORDER,
    key_order=ORDER,
    default_labels=True,
    can_stitch=True,
    residual_query=_residual_query,
    adapt_request=_select_both_flows,
    formats=CHARTED_FORMATS,
)
