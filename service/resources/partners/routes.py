"""GET /v1/partners and /v1/partners/{code}."""

from typing import Any

from flask import Response

from service.analytics.sql.keyset_pagination import Order
from service.analytics.tables.paged_table import KEY_ORDER
from service.api.blueprint import Blueprint
from service.api.database.prepared_queries import Query
from service.api.database.request_context import current_reference
from service.api.resolution.residual_checks import refuse_overlapping_partners
from service.api.resolution.resolver import Resolved
from service.api.responses.table_response import Table, answer
from service.resources.partners.queries import partner_ranking, partners_with_rest
from service.resources.partners.schemas import OnePartnerParams, PartnerRow, PartnersParams

blueprint = Blueprint(
    "partners", __name__, url_prefix="/v1", description="With whom is traded, and who moved the total?"
)
CODE = "The partner: ISO 3166-1 alpha-3, ISO2, M49, or a group. | CHN"
ORDER = (Order("period"), Order("flow"), Order("value", descending=True), Order("partner_id"), Order("commodity_id"))
TABLE = Table(PartnerRow, partner_ranking, own_order=ORDER, key_order=KEY_ORDER, labels=True, one_form=True)


def _whole(resolved: Resolved) -> Query:
    assert resolved.scope is not None
    refuse_overlapping_partners(resolved.scope, current_reference())
    return partners_with_rest


@blueprint.answers("/partners", params=PartnersParams, row=PartnerRow)
def list_partners(parameters: dict[str, Any]) -> Response:
    """A reporter's partners in a period, ranked by value.

    Each with its growth, its share of the World, its contribution to the World's growth and its place then and
    a year before; by period, flow and falling value.

    With `rest=true` two rows follow, `other` and `unallocated`, so that values, shares and contributions add up to the
    World's; `limit` is then of each flow.
    """
    return answer(TABLE, parameters, whole=_whole)


@blueprint.answers(
    "/partners/<code>",
    params=OnePartnerParams,
    row=PartnerRow,
    path={"code": CODE},
)
def get_partner(parameters: dict[str, Any], code: str) -> Response:
    """One partner of a reporter: exports to it and imports from it.

    Each flow with its growth, share, contribution and place among all partners.
    """
    return answer(TABLE, parameters | {"partner": (code,)})
