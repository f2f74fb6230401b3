"""The resource /v1/revisions."""

from functools import partial

from service.analytics.sql.keyset_pagination import Order
from service.api.contract.formats import EXPLORER_FORMATS
from service.api.database.context import Context
from service.api.database.query_executor import QueryBuilder
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_resource import TableResource
from service.errors import ParameterError, RequestTooLarge
from service.resources.revisions.queries import change_days, revision_table
from service.resources.revisions.schemas import RevisionRow

MAX_CHANGE_DAYS = 120
COLUMNS = ("flow", "partner_id", "commodity_id", "period", "known_from")
ORDER = tuple(Order(column, is_not_null=True) for column in COLUMNS)


def _revision_query(context: Context, resolved: ResolvedRequest) -> QueryBuilder:
    """Return the query for the vintages of the figures on each day on which one of them changed.

    :raises RequestTooLarge: the figures changed on more than MAX_CHANGE_DAYS days.
    """
    assert resolved.scope is not None
    days = [row[0] for row in context.fetch(change_days(resolved.scope)).rows]
    if len(days) > MAX_CHANGE_DAYS:
        reason = (
            f"its figures changed on {len(days)} days, and the maximum is {MAX_CHANGE_DAYS}; request fewer periods or "
            "codes"
        )
        raise RequestTooLarge(ParameterError("period", "", reason))
    return partial(revision_table, days=days)


REVISIONS = TableResource(
    RevisionRow,
    None,
    default_order=ORDER,
    key_order=ORDER,
    query_factory=_revision_query,
    formats=EXPLORER_FORMATS,
)
