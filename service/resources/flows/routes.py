"""GET /v1/flows."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.flows.schemas import FlowRow, FlowsParams
from service.resources.flows.service import FLOW_TABLE

blueprint = Blueprint("flows", __name__, url_prefix="/v1", description="Figures of trade, with growth.")


@blueprint.table_route("/flows", params=FlowsParams, row_schema=FlowRow)
def list_flows(parameters: dict[str, Any]) -> Response:
    """Figures of trade, each with its growth.

    One row for each published figure of the requested flows, partners, commodities and periods, in the order of
    period, flow, partner and commodity.
    """
    return respond(FLOW_TABLE, parameters)
