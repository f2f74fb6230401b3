"""GET /v1/measures, /v1/measures/{code} and /v1/measures/{code}/trade."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.measures.schemas import MeasureRow, MeasuresParams, OneMeasureParams
from service.resources.measures.service import MEASURE, MEASURES
from service.resources.measures.trade_schemas import MeasureTradeParams, MeasureTradeRow
from service.resources.measures.trade_service import MEASURE_TRADE

blueprint = Blueprint("measures", __name__, url_prefix="/v1", description="Trade measures and affected trade.")
MEASURE_PARAMETER = "Code of the measure, as in the column `measure`. | jpn-chipmaking-equipment-2023"


@blueprint.table_route("/measures", params=MeasuresParams, row_schema=MeasureRow)
def list_measures(parameters: dict[str, Any]) -> Response:
    """Trade measures, such as export controls and tariffs, with dates, sources and affected commodities.

    The operator of the service loads them from files; the demo has Japan's export controls on chipmaking equipment.
    """
    return respond(MEASURES, parameters)


@blueprint.table_route(
    "/measures/<code>", params=OneMeasureParams, row_schema=MeasureRow, path_parameters={"code": MEASURE_PARAMETER}
)
def get_measure(parameters: dict[str, Any], code: str) -> Response:
    """One trade measure, with the commodities and partners that it affects.

    Each commodity has the certainty with which its code represents the goods that the measure names.
    """
    return respond(MEASURE, parameters | {"code": code})


@blueprint.table_route(
    "/measures/<code>/trade",
    params=MeasureTradeParams,
    row_schema=MeasureTradeRow,
    path_parameters={"code": MEASURE_PARAMETER},
)
def get_measure_trade(parameters: dict[str, Any], code: str) -> Response:
    """Trade in the commodities that a measure affects: the 12 months after it took effect against the 12 before.

    A row for each affected commodity and flow, with each partner that the measure names and with the World. Sums are
    of 12 whole months, and null while any month is missing. The available months after the event are also compared
    with the same months a year earlier. With `currency` each month is converted at its own rate. A change after a
    measure is not necessarily caused by it.
    """
    return respond(MEASURE_TRADE, parameters | {"code": code})
