"""GET /v1/groups."""

from datetime import UTC, datetime
from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.database.request_context import current_reference
from service.api.responses.list_response import keyed_list_response
from service.resources.groups.queries import group_rows
from service.resources.groups.schemas import GroupRow, GroupsParams

blueprint = Blueprint(
    "groups", __name__, url_prefix="/v1", description="Who belongs to a group of countries, and since when?"
)


@blueprint.table_route("/groups", params=GroupsParams, row_schema=GroupRow)
def list_groups(parameters: dict[str, Any]) -> Response:
    """Groups of countries, with their members on a day.

    Membership is dated: the European Union of 2019 has 28 members, that of 2021 has 27.
    """
    on = parameters.get("as_of") or datetime.now(UTC).date()
    return keyed_list_response(
        lambda: group_rows(current_reference(), day=on), parameters, row_schema=GroupRow, key_column="group"
    )
