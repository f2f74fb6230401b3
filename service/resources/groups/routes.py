"""GET /v1/groups."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.responses.respond import respond
from service.resources.groups.schemas import GroupRow, GroupsParams
from service.resources.groups.service import GROUPS

blueprint = Blueprint("groups", __name__, url_prefix="/v1", description="Groups of countries and their members.")


@blueprint.table_route("/groups", params=GroupsParams, row_schema=GroupRow)
def list_groups(parameters: dict[str, Any]) -> Response:
    """Groups of countries, with their members on a day.

    Membership is dated: the European Union of 2019 has 28 members, that of 2021 has 27.
    """
    return respond(GROUPS, parameters)
