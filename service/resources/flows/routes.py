"""GET /v1/flows."""

from typing import Any

from flask import Response

from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.api.blueprint import Blueprint
from service.api.responses.table_response import TableResource, table_response
from service.resources.flows.queries import flow_table
from service.resources.flows.schemas import FlowRow, FlowsParams

blueprint = Blueprint("flows", __name__, url_prefix="/v1", description="How much was traded, and how did it grow?")
TABLE = TableResource(
    FlowRow, flow_table, default_order=PAGE_KEY_ORDER, key_order=PAGE_KEY_ORDER, is_parameterizable=True
)


@blueprint.table_route("/flows", params=FlowsParams, row_schema=FlowRow)
def list_flows(parameters: dict[str, Any]) -> Response:
    """Figures of trade, each with its growth.

    The table: one row for each published figure of the flows, partners, commodities and periods asked for,
    in the order of period, flow, partner and commodity.
    """
    return table_response(TABLE, parameters)
