"""The resources /v1/partners and /v1/partners/{code}."""

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.api.contract.formats import CHARTED_FORMATS
from service.api.database.context import Context
from service.api.database.query_executor import QueryBuilder
from service.api.parameters.request import DataRequest
from service.api.resolution.residual_checks import check_disjoint_partners
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_resource import TableResource
from service.resources.partners.queries import partner_ranking, partners_with_residual
from service.resources.partners.schemas import PartnerRow

ORDER = (Order("period"), Order("flow"), Order("value", descending=True), Order("partner_id"), Order("commodity_id"))


def _residual_query(context: Context, resolved: ResolvedRequest) -> QueryBuilder:
    assert resolved.scope is not None
    check_disjoint_partners(resolved.scope, context.reference)
    return partners_with_residual


def _select_partner(request: DataRequest) -> DataRequest:
    """Return the request for the partner of the path; unchanged where the path names none."""
    code = request.parameters.get("code")
    return request if code is None else request.replace_parameters(partner=(code,))


PARTNERS = TableResource(
    PartnerRow,
    partner_ranking,
    default_order=ORDER,
    key_order=PAGE_KEY_ORDER,
    default_labels=True,
    can_stitch=True,
    residual_query=_residual_query,
    adapt_request=_select_partner,
    formats=CHARTED_FORMATS,
)
