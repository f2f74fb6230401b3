"""GET /v1/exchange-rates."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.list_response import keyed_list_response
from service.resources.exchange_rates.schemas import ExchangeRateRow, ExchangeRatesParams
from service.resources.exchange_rates.service import exchange_rate_rows

blueprint = Blueprint("exchange-rates", __name__, url_prefix="/v1", description="At which rates are amounts converted?")


@blueprint.table_route("/exchange-rates", params=ExchangeRatesParams, row_schema=ExchangeRateRow)
def list_exchange_rates(parameters: dict[str, Any]) -> Response:
    """Exchange rates: the reference rates of the European Central Bank, crossed over the euro.

    By day, or as the mean and the last of a month, quarter or year: what `currency` and `fx` convert by elsewhere.
    """
    return keyed_list_response(
        lambda: exchange_rate_rows(parameters), parameters, row_schema=ExchangeRateRow, key_column="period"
    )
