"""The resources /v1/commodities and /v1/commodities/{code}."""

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.api.contract.formats import CHARTED_FORMATS
from service.api.database.context import Context
from service.api.database.query_executor import QueryBuilder
from service.api.parameters.request import DataRequest
from service.api.resolution.residual_checks import check_single_level
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_resource import TableResource
from service.resources.commodities.queries import commodities_with_residual, commodity_ranking
from service.resources.commodities.schemas import CommodityRow

ORDER = (Order("period"), Order("flow"), Order("value", descending=True), Order("partner_id"), Order("commodity_id"))


def _residual_query(_context: Context, resolved: ResolvedRequest) -> QueryBuilder:
    check_single_level(resolved)
    return commodities_with_residual


def _select_commodity(request: DataRequest) -> DataRequest:
    """Return the request for the commodity of the path; unchanged where the path names none."""
    code = request.parameters.get("code")
    return request if code is None else request.replace_parameters(commodity=(code,))


COMMODITIES = TableResource(
    CommodityRow,
    commodity_ranking,
    default_order=ORDER,
    key_order=PAGE_KEY_ORDER,
    default_labels=True,
    can_stitch=True,
    residual_query=_residual_query,
    adapt_request=_select_commodity,
    formats=CHARTED_FORMATS,
)
