"""GET /v1/balances."""

from typing import Any

from flask import Response

from service.analytics.ordering import Order
from service.api.answer import Table, answer
from service.api.blueprint import Blueprint
from service.resources.balances.queries import balance_table
from service.resources.balances.schemas import BalanceRow, BalancesParams

blueprint = Blueprint(
    "balances", __name__, url_prefix="/v1", description="How large is the surplus or deficit, and which way does it go?"
)
ORDER = tuple(Order(column, key=True) for column in ("period", "partner_id", "commodity_id"))
TABLE = Table(BalanceRow, balance_table, own_order=ORDER, key_order=ORDER, labels=True)


@blueprint.answers("/balances", params=BalancesParams, row=BalanceRow)
def list_balances(parameters: dict[str, Any]) -> Response:
    """Exports, imports and their balance, by period, partner and commodity.

    With how the balance moved over the year before, by amount, size and direction, and what both flows together come
    to. `period=2023-01..2024-01` gives a series, `partner=all&sort=-balance` a ranking, and `commodity=all` with one
    partner the goods that two countries trade.
    """
    return answer(TABLE, parameters | {"flow": ("X", "M")})
