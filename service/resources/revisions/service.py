"""The resource /v1/revisions."""

from dataclasses import replace
from datetime import date

from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Order, Page
from service.api.contract.formats import EXPLORER_FORMATS
from service.api.database.context import Context
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.table_resource import TableResource
from service.errors import ParameterError, RequestTooLarge
from service.resources.revisions.queries import change_days, revision_table
from service.resources.revisions.schemas import RevisionRow

MAX_CHANGE_DAYS = 120
MAX_STATES = 1_000_000
"""Figures times days: the price of a request, known before its figures are read."""
COLUMNS = ("flow", "partner_id", "commodity_id", "period", "known_from")
ORDER = tuple(Order(column, is_not_null=True) for column in COLUMNS)


def _add_vintage_days(context: Context, resolved: ResolvedRequest) -> tuple[QueryScope, int]:
    """Return the scope with the days on which a figure changed, and the number of figures times days.

    :raises RequestTooLarge: the figures changed on more than MAX_CHANGE_DAYS days, or have too many states.
    """
    scope = resolved.scope
    assert scope is not None
    page = Page(orders=(), columns=frozenset())
    days = [row[0] for row in context.execute(change_days, scope, page, is_parameterizable=True).rows]
    if len(days) > MAX_CHANGE_DAYS:
        reason = (
            f"its figures changed on {len(days)} days, and the maximum is {MAX_CHANGE_DAYS}; request fewer periods or "
            "codes"
        )
        raise RequestTooLarge(ParameterError("period", "", reason))
    state_count = _check_state_count(resolved, day_count=len(days))
    return replace(scope, vintage_days=tuple(days) or (date.min,)), state_count


def _check_state_count(resolved: ResolvedRequest, *, day_count: int) -> int:
    scope = resolved.scope
    assert scope is not None
    series_count = len(scope.flows) * len(scope.partners) * len(resolved.selected_commodities())
    state_count = series_count * len(scope.published_periods) * day_count
    if state_count > MAX_STATES:
        value = f"{series_count} series, {len(scope.published_periods)} periods, {day_count} days"
        reason = (
            f"these may be {state_count} states of figures, and a response is computed from at most {MAX_STATES}; "
            "request fewer partners or commodities, or period=latest"
        )
        raise RequestTooLarge(ParameterError("period", value, reason))
    return state_count


REVISIONS = TableResource(
    RevisionRow,
    revision_table,
    default_order=ORDER,
    key_order=ORDER,
    adapt_scope=_add_vintage_days,
    formats=EXPLORER_FORMATS,
)
