"""GET /v1/balances."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.balances.schemas import BalanceRow, BalancesParams
from service.resources.balances.service import BALANCES

blueprint = Blueprint(
    "balances", __name__, url_prefix="/v1", description="How large is the surplus or deficit, and which way does it go?"
)


@blueprint.table_route("/balances", params=BalancesParams, row_schema=BalanceRow)
def list_balances(parameters: dict[str, Any]) -> Response:
    """Exports, imports and their balance, by period, partner and commodity.

    With how the balance moved over the year before, by amount, size and direction, and what both flows together come
    to. `period=2023-01..2024-01` gives a series, `partner=all&sort=-balance` a ranking, and `commodity=all` with one
    partner the goods that two countries trade.

    With `residual=true` two rows follow, `other` and `unallocated`, so that both flows, and with them balances, add up
    to the World's, or, where `commodity` names several, to those of all goods; by falling `two_way_value` unless
    `sort` says otherwise.
    """
    return respond(BALANCES, parameters)
