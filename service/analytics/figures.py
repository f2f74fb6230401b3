"""The figures that every computation starts from, and the periods that were published at all."""

from copy import copy
from dataclasses import replace
from datetime import date

from sqlalchemy import FromClause, SmallInteger, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.exchange import converted
from service.analytics.expressions import Expression, Rows
from service.analytics.keys import of_dataset
from service.analytics.scope import Scope
from service.analytics.sums import added_up, bucket
from service.models import Observation, ObservationHistory, Release, ReleasePeriod

COLUMNS = (
    "flow",
    "partner_id",
    "commodity_id",
    "period",
    "value",
    "quantity",
    "quantity_unit",
    "net_weight_kg",
    "obs_status",
    "release_id",
)


class Figures:
    """The figures of one dataset as known on one day, under as many names as a query needs.

    Columns: flow, partner_id, commodity_id, period, value (in stored units, of the currency of the scope's conversion
    where it has one), quantity, quantity_unit, net_weight_kg, obs_status, release_id, months (how many months of the
    period the figure covers), members (the members that a computed group was added up from; null for a published
    figure).
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        as_stored = not scope.groups and scope.step == scope.source_step
        self._sums = None if as_stored else added_up(stored_figures(scope).subquery("stored"), scope)

    def named(self, name: str) -> FromClause:
        """Return the figures as a table called `name`."""
        if self._scope.conversion is not None:
            reported = self._as_reported(f"{name}_as_reported")
            return converted(reported, self._scope.conversion, name=name)
        return self._as_reported(name)

    def reported(self) -> "Figures":
        """Return the same figures in the currency that the source reports in."""
        same = copy(self)
        same._scope = replace(self._scope, conversion=None)
        return same

    def _as_reported(self, name: str) -> FromClause:
        if self._sums is None:
            return stored_figures(self._scope).subquery(name)
        return select(self._sums).subquery(name)


def stored_figures(scope: Scope) -> Rows:
    """Select the figures as they are stored: today's, or those that stood on the day of `as_of`."""
    current = select(*_columns(Observation, scope)).where(of_dataset(Observation, scope.dataset_id))
    if scope.as_of is None:
        return current
    superseded = select(*_columns(ObservationHistory, scope)).where(
        of_dataset(ObservationHistory, scope.dataset_id),
        ObservationHistory.known_from <= scope.as_of,
        ObservationHistory.known_until > scope.as_of,
    )
    stood = union_all(current.where(Observation.known_from <= scope.as_of), superseded).subquery("stood")
    return select(stood)


def published_periods(scope: Scope, *, name: str = "published") -> FromClause:
    """Return flow, period, months: how many months of each period were published by the day of `as_of`."""
    period = bucket(ReleasePeriod.period, scope)
    release = and_(Release.dataset_id == ReleasePeriod.dataset_id, Release.id == ReleasePeriod.release_id)
    months = func.count(ReleasePeriod.period.distinct()) * scope.source_step
    return (
        select(ReleasePeriod.flow, period.label("period"), months.label("months"))
        .join(Release, release)
        .where(
            ReleasePeriod.dataset_id == scope.dataset_id,
            release_known(scope.as_of),
        )
        .group_by(ReleasePeriod.flow, period)
        .subquery(name)
    )


def release_known(as_of: date | None) -> Expression:
    """Return whether a release was published and not withdrawn by the day of `as_of`, or today where that is null."""
    if as_of is None:
        return Release.withdrawn_on.is_(None)
    not_withdrawn = Release.withdrawn_on.is_(None) | (Release.withdrawn_on > as_of)
    return and_(Release.published_on <= as_of, not_withdrawn)


def within_periods(period: Expression, scope: Scope) -> Expression:
    """Return whether `period` is one of those asked for."""
    return or_(*(period.between(first, last) for first, last in scope.periods))


def _columns(table: type[Observation] | type[ObservationHistory], scope: Scope) -> list[Expression]:
    own = [getattr(table, name) for name in COLUMNS]
    return [*own, literal(scope.source_step).label("months"), cast(null(), ARRAY(SmallInteger)).label("members")]
