"""GET /v1/partners and /v1/partners/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.partners.schemas import OnePartnerParams, PartnerRow, PartnersParams
from service.resources.partners.service import PARTNERS

blueprint = Blueprint("partners", __name__, url_prefix="/v1", description="Partners of a reporter, ranked.")
PARTNER_PARAMETER = "The partner: ISO 3166-1 alpha-3, ISO2, M49, or a group. | CHN"


@blueprint.table_route("/partners", params=PartnersParams, row_schema=PartnerRow)
def list_partners(parameters: dict[str, Any]) -> Response:
    """A reporter's partners in a period, ranked by value.

    Each row has the growth, the share of the World, the contribution to the World's growth, and the rank in the period
    and a year earlier. Rows are ordered by period, flow and descending value.

    With `residual=true` two residual rows follow, `other` and `unallocated`, so that values, shares and contributions
    add up to the World's; `limit` then applies to each flow.
    """
    return respond(PARTNERS, parameters)


@blueprint.table_route(
    "/partners/<code>",
    params=OnePartnerParams,
    row_schema=PartnerRow,
    path_parameters={"code": PARTNER_PARAMETER},
)
def get_partner(parameters: dict[str, Any], code: str) -> Response:
    """One partner of a reporter: exports to it and imports from it.

    A row for each flow, with growth, share, contribution and rank among all partners.
    """
    return respond(PARTNERS, parameters | {"code": code})
