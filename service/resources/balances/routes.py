"""GET /v1/balances."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.balances.schemas import BalanceRow, BalancesParams
from service.resources.balances.service import BALANCES

blueprint = Blueprint("balances", __name__, url_prefix="/v1", description="Trade balances and their change.")


@blueprint.table_route("/balances", params=BalancesParams, row_schema=BalanceRow)
def list_balances(parameters: dict[str, Any]) -> Response:
    """Exports, imports and their balance, by period, partner and commodity.

    Each row has the change of the balance from a year earlier, by amount, size and direction, and the sum of both
    flows. `period=2023-01..2024-01` returns a time series, `partner=all&sort=-balance` a ranking, and `commodity=all`
    with one partner the balance of each commodity.

    With `residual=true` two residual rows follow, `other` and `unallocated`, so that both flows and the balances add
    up to the World's or, where `commodity` names several, to those of all commodities. Rows are then ordered by
    descending `two_way_value` unless `sort` names another order.
    """
    return respond(BALANCES, parameters)
