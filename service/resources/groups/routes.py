"""GET /v1/groups."""

from datetime import UTC, datetime
from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.database.request_context import current_reference
from service.api.responses.list_response import list_answer
from service.resources.groups.queries import groups
from service.resources.groups.schemas import GroupRow, GroupsParams

blueprint = Blueprint(
    "groups", __name__, url_prefix="/v1", description="Who belongs to a group of countries, and since when?"
)


@blueprint.answers("/groups", params=GroupsParams, row=GroupRow)
def list_groups(parameters: dict[str, Any]) -> Response:
    """Groups of countries, with their members on a day.

    Membership is dated: the European Union of 2019 has 28 members, that of 2021 has 27.
    """
    on = parameters.get("as_of") or datetime.now(UTC).date()
    return list_answer(lambda: groups(current_reference(), on=on), parameters, row=GroupRow, key="group")
