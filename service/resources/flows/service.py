"""The resource /v1/flows."""

from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.api.contract.formats import EXPLORER_FORMATS
from service.api.responses.table_resource import TableResource
from service.resources.flows.queries import flow_table
from service.resources.flows.schemas import FlowRow

FLOW_TABLE = TableResource(
    FlowRow,
    flow_table,
    default_order=PAGE_KEY_ORDER,
    key_order=PAGE_KEY_ORDER,
    formats=EXPLORER_FORMATS,
    can_stitch=True,
)
