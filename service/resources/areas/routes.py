"""GET /v1/areas."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.areas.schemas import AreaRow, AreasParams
from service.resources.areas.service import AREAS

blueprint = Blueprint("areas", __name__, url_prefix="/v1", description="Areas: countries, groups, special areas.")


@blueprint.table_route("/areas", params=AreasParams, row_schema=AreaRow)
def list_areas(parameters: dict[str, Any]) -> Response:
    """Areas: countries of today and of the past, groups, special areas and the World.

    The parameters `reporter` and `partner` take the canonical code, and also ISO2, M49, the name, an alias, and the
    code of a source with its scheme. A territory that no longer exists is an area of its own, with its last day and its
    successors.
    """
    return respond(AREAS, parameters)
