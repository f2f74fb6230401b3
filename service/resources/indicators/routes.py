"""GET /v1/indicators and /v1/indicators/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.list_response import list_answer
from service.resources.indicators.schemas import IndicatorRow, IndicatorsParams, OneIndicatorParams
from service.resources.indicators.service import indicators, one_indicator

blueprint = Blueprint("indicators", __name__, url_prefix="/v1", description="Surveys and other context.")
CODE = "The indicator, as rows name it. | jccic-2024-01-investment"


@blueprint.answers("/indicators", params=IndicatorsParams, row=IndicatorRow)
def list_indicators(parameters: dict[str, Any]) -> Response:
    """Figures of surveys and other context, each dated and sourced.

    They come from files that whoever runs the service loads; the demo has a survey of Japanese companies in China.
    """
    return list_answer(lambda: indicators(parameters), parameters, row=IndicatorRow, key="figure")


@blueprint.answers("/indicators/<code>", params=OneIndicatorParams, row=IndicatorRow, path={"code": CODE})
def get_indicator(parameters: dict[str, Any], code: str) -> Response:
    """One indicator: all its figures.

    Those of a survey are the answers, as many percent of those who were asked.
    """
    as_of = parameters.get("as_of")
    return list_answer(lambda: one_indicator(code, as_of=as_of), parameters, row=IndicatorRow, key="figure")
