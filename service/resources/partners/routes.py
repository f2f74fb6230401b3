"""GET /v1/partners and /v1/partners/{code}."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.partners.schemas import OnePartnerParams, PartnerRow, PartnersParams
from service.resources.partners.service import PARTNERS

blueprint = Blueprint(
    "partners", __name__, url_prefix="/v1", description="With whom is traded, and who moved the total?"
)
CODE_PARAMETER = "The partner: ISO 3166-1 alpha-3, ISO2, M49, or a group. | CHN"


@blueprint.table_route("/partners", params=PartnersParams, row_schema=PartnerRow)
def list_partners(parameters: dict[str, Any]) -> Response:
    """A reporter's partners in a period, ranked by value.

    Each with its growth, its share of the World, its contribution to the World's growth and its place then and
    a year before; by period, flow and falling value.

    With `residual=true` two rows follow, `other` and `unallocated`, so that values, shares and contributions add up to
    the World's; `limit` is then of each flow.
    """
    return respond(PARTNERS, parameters)


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
    return respond(PARTNERS, parameters | {"code": code})
