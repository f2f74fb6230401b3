"""GET /v1/measures, /v1/measures/{code} and /v1/measures/{code}/trade."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.measures.schemas import MeasureRow, MeasuresParams, OneMeasureParams
from service.resources.measures.service import MEASURE, MEASURES
from service.resources.measures.trade_schemas import MeasureTradeParams, MeasureTradeRow
from service.resources.measures.trade_service import MEASURE_TRADE

blueprint = Blueprint("measures", __name__, url_prefix="/v1", description="Trade measures, before and since.")
CODE_PARAMETER = "The measure, as rows name it. | jpn-chipmaking-equipment-2023"


@blueprint.table_route("/measures", params=MeasuresParams, row_schema=MeasureRow)
def list_measures(parameters: dict[str, Any]) -> Response:
    """Trade measures: export controls, tariffs and the like, each dated and sourced, with what they affect.

    They come from files that whoever runs the service loads; the demo has Japan's export controls on chipmaking
    equipment.
    """
    return respond(MEASURES, parameters)


@blueprint.table_route(
    "/measures/<code>", params=OneMeasureParams, row_schema=MeasureRow, path_parameters={"code": CODE_PARAMETER}
)
def get_measure(parameters: dict[str, Any], code: str) -> Response:
    """One trade measure, with the goods and partners that it affects.

    And with how sure it is that a commodity stands for the goods that the measure names.
    """
    return respond(MEASURE, parameters | {"code": code})


@blueprint.table_route(
    "/measures/<code>/trade",
    params=MeasureTradeParams,
    row_schema=MeasureTradeRow,
    path_parameters={"code": CODE_PARAMETER},
)
def get_measure_trade(parameters: dict[str, Any], code: str) -> Response:
    """Trade in what a measure affects: 12 months before it took effect against 12 months since.

    A row for each commodity that stands for goods which it affects, with each partner that it names and the World.
    Sums are of 12 whole months, and null while any is missing; the months since that there are stand beside the same
    months a year before. With `currency` each month is converted at its own rate. What came after a measure did not
    come of it for that alone.
    """
    return respond(MEASURE_TRADE, parameters | {"code": code})
