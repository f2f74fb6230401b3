"""GET /v1/indicators and /v1/indicators/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.indicators.schemas import IndicatorRow, IndicatorsParams, OneIndicatorParams
from service.resources.indicators.service import INDICATOR, INDICATORS

blueprint = Blueprint("indicators", __name__, url_prefix="/v1", description="Surveys and other context.")
CODE_PARAMETER = "The indicator, as rows name it. | jccic-2024-01-investment"


@blueprint.table_route("/indicators", params=IndicatorsParams, row_schema=IndicatorRow)
def list_indicators(parameters: dict[str, Any]) -> Response:
    """Figures of surveys and other context, each dated and sourced.

    They come from files that whoever runs the service loads; the demo has a survey of Japanese companies in China.
    """
    return respond(INDICATORS, parameters)


@blueprint.table_route(
    "/indicators/<code>", params=OneIndicatorParams, row_schema=IndicatorRow, path_parameters={"code": CODE_PARAMETER}
)
def get_indicator(parameters: dict[str, Any], code: str) -> Response:
    """One indicator: all its figures.

    Those of a survey are the answers, as many percent of those who were asked.
    """
    return respond(INDICATOR, parameters | {"code": code})
