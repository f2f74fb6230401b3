"""The number of figures that a response is computed from: its cost, which is known before any figure is read."""

from sqlalchemy.orm import Session

from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.errors import ParameterError, RequestTooLarge

MAX_FIGURES = 250_000
"""Figures that one response is computed from; a figure takes up to 10 microseconds of the database's processor time."""
RESIDUAL_COST = 5
"""The cost of a figure of a breakdown with residual rows, as a multiple of that without them."""
FIGURES_PER_ROW = 2.5
"""Stored figures for each row of a file, with its totals, at most."""


def check_figure_count(session: Session, reference: Reference, resolved: ResolvedRequest, *, has_residual: bool) -> int:
    """Return the number of figures that a response is computed from at most, and check that it is not too large.

    `has_residual` says that the response has residual rows, for which the limit is lower.

    :raises RequestTooLarge: there may be too many figures.
    """
    scope, limit = resolved.scope, MAX_FIGURES // (RESIDUAL_COST if has_residual else 1)
    if scope is None:
        return 0
    partner_count = sum(len(reference.members_by_group[key]) or 1 for key in scope.groups)
    partner_count += len(set(scope.partners).difference(scope.groups))
    commodity_count = len(resolved.selected_commodities())
    months = len(scope.published_periods) * scope.period_months
    period_count = len(scope.flows) * months // scope.source_period_months
    figure_count = period_count * partner_count * commodity_count
    if figure_count > limit:
        figure_count = min(figure_count, int(period_count * _figures_of_period(session, reference, resolved)))
    if figure_count > limit:
        value = f"{partner_count} partners, {commodity_count} commodities, {period_count} periods of a flow"
        reason = (
            f"these may be {figure_count:,} figures, and a response of this kind is computed from at most "
            f"{limit:,}; request fewer periods, commodities or partners, "
            "or a coarser level; pages of /v1/flows without `sort` have no such limit"
        )
        raise RequestTooLarge(ParameterError("period", value, reason))
    return figure_count


def _figures_of_period(session: Session, reference: Reference, resolved: ResolvedRequest) -> float:
    """Return the most figures that the datasets may have in one period of a flow."""
    rows = (reference.rows_of_period(session, dataset.id) for dataset in resolved.datasets)
    return FIGURES_PER_ROW * max(rows, default=0)
