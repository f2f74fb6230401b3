"""GET /v1/partners and /v1/partners/{code}."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.api.blueprint import Blueprint
from service.api.database.prepared_queries import QueryBuilder
from service.api.database.request_context import current_reference
from service.api.resolution.residual_checks import check_disjoint_partners
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_response import TableResource, table_response
from service.resources.partners.queries import partner_ranking, partners_with_residual
from service.resources.partners.schemas import OnePartnerParams, PartnerRow, PartnersParams

blueprint = Blueprint(
    "partners", __name__, url_prefix="/v1", description="With whom is traded, and who moved the total?"
)
CODE_PARAMETER = "The partner: ISO 3166-1 alpha-3, ISO2, M49, or a group. | CHN"
ORDER = (Order("period"), Order("flow"), Order("value", descending=True), Order("partner_id"), Order("commodity_id"))
TABLE = TableResource(
    PartnerRow,
    partner_ranking,
    default_order=ORDER,
    key_order=PAGE_KEY_ORDER,
    default_labels=True,
    is_parameterizable=True,
)


def _residual_query(resolved_request: ResolvedRequest) -> QueryBuilder:
    assert resolved_request.scope is not None
    check_disjoint_partners(resolved_request.scope, current_reference())
    return partners_with_residual


@blueprint.table_route("/partners", params=PartnersParams, row_schema=PartnerRow)
def list_partners(parameters: dict[str, Any]) -> Response:
    """A reporter's partners in a period, ranked by value.

    Each with its growth, its share of the World, its contribution to the World's growth and its place then and
    a year before; by period, flow and falling value.

    With `rest=true` two rows follow, `other` and `unallocated`, so that values, shares and contributions add up to the
    World's; `limit` is then of each flow.
    """
    return table_response(TABLE, parameters, residual_query=_residual_query)


@blueprint.table_route(
    "/partners/<code>",
    params=OnePartnerParams,
    row_schema=PartnerRow,
    path_parameters={"code": CODE_PARAMETER},
)
def get_partner(parameters: dict[str, Any], code: str) -> Response:
    """One partner of a reporter: exports to it and imports from it.

    Each flow with its growth, share, contribution and place among all partners.
    """
    return table_response(TABLE, parameters | {"partner": (code,)})
