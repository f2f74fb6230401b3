"""GET /v1/exchange-rates."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.exchange_rates.schemas import ExchangeRateRow, ExchangeRatesParams
from service.resources.exchange_rates.service import EXCHANGE_RATES

blueprint = Blueprint("exchange-rates", __name__, url_prefix="/v1", description="Exchange rates of conversions.")


@blueprint.table_route("/exchange-rates", params=ExchangeRatesParams, row_schema=ExchangeRateRow)
def list_exchange_rates(parameters: dict[str, Any]) -> Response:
    """Exchange rates: the reference rates of the European Central Bank, crossed over the euro.

    Rates of days, or the mean and the last rate of a month, quarter or year. The parameters `currency` and `fx` of the
    other resources convert by these rates.
    """
    return respond(EXCHANGE_RATES, parameters)
