"""GET /v1/revisions."""

from typing import Any

from flask import Response

from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Order, Page
from service.analytics.sql.types import Rows
from service.api.blueprint import Blueprint
from service.api.database.request_context import current_session
from service.api.responses.table_response import Table, answer
from service.errors import Fault, RequestTooLarge
from service.resources.revisions.queries import days_of_change, revision_table
from service.resources.revisions.schemas import RevisionRow, RevisionsParams

blueprint = Blueprint("revisions", __name__, url_prefix="/v1", description="How were figures and their growth revised?")
MOST_DAYS = 120


def _revisions(scope: Scope, page: Page) -> Rows:
    days = current_session().scalars(days_of_change(scope)).all()
    if len(days) > MOST_DAYS:
        reason = (
            f"its figures changed on {len(days)} days; ask for fewer periods or codes, for {MOST_DAYS} days at most"
        )
        raise RequestTooLarge(Fault("period", "", reason))
    return revision_table(scope, page, days=list(days))


COLUMNS = ("flow", "partner_id", "commodity_id", "period", "known_from")
ORDER = tuple(Order(column, key=True) for column in COLUMNS)
TABLE = Table(RevisionRow, _revisions, own_order=ORDER, key_order=ORDER)


@blueprint.answers("/revisions", params=RevisionsParams, row=RevisionRow)
def list_revisions(parameters: dict[str, Any]) -> Response:
    """How a figure and its growth changed from release to release.

    A row for each day on which a figure, or its growth by a revision of the base, became known or changed, with the
    revision over what was known before, and the mean and the largest revision of the series.
    """
    return answer(TABLE, parameters)
