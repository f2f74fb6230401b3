"""GET /v1/indicators and /v1/indicators/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.indicators.schemas import IndicatorRow, IndicatorsParams, OneIndicatorParams
from service.resources.indicators.service import INDICATOR, INDICATORS

blueprint = Blueprint("indicators", __name__, url_prefix="/v1", description="Figures of surveys and other context.")
INDICATOR_PARAMETER = "Code of the indicator, as in the column `indicator`. | jccic-2024-01-investment"


@blueprint.table_route("/indicators", params=IndicatorsParams, row_schema=IndicatorRow)
def list_indicators(parameters: dict[str, Any]) -> Response:
    """Figures of surveys and other context, each with date and source.

    The operator of the service loads them from files; the demo has a survey of Japanese companies in China.
    """
    return respond(INDICATORS, parameters)


@blueprint.table_route(
    "/indicators/<code>",
    params=OneIndicatorParams,
    row_schema=IndicatorRow,
    path_parameters={"code": INDICATOR_PARAMETER},
)
def get_indicator(parameters: dict[str, Any], code: str) -> Response:
    """All figures of one indicator.

    The figures of a survey are its answers, in percent of the respondents.
    """
    return respond(INDICATOR, parameters | {"code": code})
