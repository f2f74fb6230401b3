"""GET /v1/flows."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.flows.schemas import FlowRow, FlowsParams
from service.resources.flows.service import FLOW_TABLE

blueprint = Blueprint("flows", __name__, url_prefix="/v1", description="How much was traded, and how did it grow?")


@blueprint.table_route("/flows", params=FlowsParams, row_schema=FlowRow)
def list_flows(parameters: dict[str, Any]) -> Response:
    """Figures of trade, each with its growth.

    The table: one row for each published figure of the flows, partners, commodities and periods asked for,
    in the order of period, flow, partner and commodity.
    """
    return respond(FLOW_TABLE, parameters)
