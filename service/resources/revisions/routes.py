"""GET /v1/revisions."""

from typing import Any

from flask import Response

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Order, Page
from service.analytics.sql.types import Query
from service.api.blueprint import Blueprint
from service.api.database.request_context import current_session
from service.api.responses.table_response import TableResource, table_response
from service.errors import ParameterError, RequestTooLarge
from service.resources.revisions.queries import change_days, revision_table
from service.resources.revisions.schemas import RevisionRow, RevisionsParams

blueprint = Blueprint("revisions", __name__, url_prefix="/v1", description="How were figures and their growth revised?")
MAX_CHANGE_DAYS = 120


def _revision_query(scope: QueryScope, page: Page) -> Query:
    days = current_session().scalars(change_days(scope)).all()
    if len(days) > MAX_CHANGE_DAYS:
        reason = (
            f"its figures changed on {len(days)} days; ask for fewer periods or codes, for "
            f"{MAX_CHANGE_DAYS} days at most"
        )
        raise RequestTooLarge(ParameterError("period", "", reason))
    return revision_table(scope, page, days=list(days))


REVISION_KEY = ("flow", "partner_id", "commodity_id", "period", "known_from")
ORDER = tuple(Order(column, is_not_null=True) for column in REVISION_KEY)
TABLE = TableResource(RevisionRow, _revision_query, default_order=ORDER, key_order=ORDER)


@blueprint.table_route("/revisions", params=RevisionsParams, row_schema=RevisionRow)
def list_revisions(parameters: dict[str, Any]) -> Response:
    """How a figure and its growth changed from release to release.

    A row for each day on which a figure, or its growth by a revision of the base, became known or changed, with the
    revision over what was known before, and the mean and the largest revision of the series.
    """
    return table_response(TABLE, parameters)
