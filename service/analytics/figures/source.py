"""Figures that every computation starts from: current or as of a day, aggregated, converted."""

from copy import copy
from dataclasses import replace
from datetime import date

from sqlalchemy import Date, FromClause, SmallInteger, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from service.analytics.figures.aggregation import aggregate_figures, aggregate_series
from service.analytics.figures.currency_conversion import converted_figures
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import array_parameter, dataset_id_literal, matches_dataset
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression
from service.models import Observation, ObservationHistory, Release

OBSERVATION_COLUMNS = (
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
    """The figures of one dataset as of one day, available under any number of table aliases.

    Columns: flow, partner_id, commodity_id, period, value (in stored units, in the currency of the scope's conversion
    where there is one), quantity, quantity_unit, net_weight_kg, obs_status, release_id, months (number of months of the
    period with a figure), members (members whose figures make up the sum of a computed group; null for a published
    figure).
    """

    def __init__(self, scope: QueryScope) -> None:
        self._scope = scope
        as_stored = not scope.has_groups and scope.period_months == scope.source_period_months
        self._aggregates = (
            None if as_stored else aggregate_figures(stored_observations(scope).subquery("stored"), scope)
        )

    @property
    def is_raw(self) -> bool:
        """Return whether the stored figures are used as they are, neither aggregated nor converted."""
        return self._aggregates is None and self._scope.conversion is None

    def alias(self, name: str) -> FromClause:
        """Return the figures as a table with the alias `name`."""
        if self._scope.conversion is not None:
            reported = self._alias_unconverted(f"{name}_as_reported")
            return converted_figures(reported, self._scope.conversion, name=name)
        return self._alias_unconverted(name)

    def figures_for_series(
        self, series: FromClause, *, name: str, is_needed: ColumnFilter, span: tuple[int, int]
    ) -> FromClause:
        """Return the figures of `series`, a table of flow, partner_id and commodity_id, in the periods of `span`.

        `span` holds the first months of the first and the last period, both inclusive.
        """
        stored, (first, last) = stored_observations(self._scope).subquery("observation_as_of"), span
        is_in_span = stored.c.period.between(first, last + self._scope.period_months - self._scope.source_period_months)
        series_figures = aggregate_series(
            series, select(stored).where(is_in_span).subquery("stored"), self._scope, is_needed=is_needed
        )
        if self._scope.conversion is None:
            return series_figures.subquery(name)
        return converted_figures(series_figures.subquery(f"{name}_as_reported"), self._scope.conversion, name=name)

    def unconverted_figures(self) -> "Figures":
        """Return the same figures in the currency of the source."""
        unconverted = copy(self)
        unconverted._scope = replace(self._scope, conversion=None)
        return unconverted

    def _alias_unconverted(self, name: str) -> FromClause:
        if self._aggregates is None:
            return stored_observations(self._scope).subquery(name)
        return select(self._aggregates).subquery(name)


def stored_observations(scope: QueryScope) -> Query:
    """Select the stored figures: the current ones, or those as of the scope's day."""
    current = select(*_observation_columns(Observation)).where(matches_dataset(Observation, scope.dataset_id))
    stored = current if scope.as_of is None else _vintage_observations(scope, scope.as_of)
    months, no_members = (
        literal(scope.source_period_months).label("months"),
        cast(null(), ARRAY(SmallInteger)).label("members"),
    )
    return stored.add_columns(months, no_members)


def _vintage_observations(scope: QueryScope, as_of: date) -> Query:
    """Select the columns of the figures that were current on a day.

    The conditions apply to the union of both tables. With conditions inside of the union PostgreSQL could not look up
    single figures by an index.
    """
    current = select(
        *_observation_columns(Observation), Observation.known_from, cast(null(), Date).label("known_until")
    )
    superseded = select(
        *_observation_columns(ObservationHistory), ObservationHistory.known_from, ObservationHistory.known_until
    )
    both = union_all(
        current.add_columns(Observation.dataset_id), superseded.add_columns(ObservationHistory.dataset_id)
    ).subquery("vintage")
    return select(*(both.c[name] for name in OBSERVATION_COLUMNS)).where(
        both.c.dataset_id == dataset_id_literal(scope.dataset_id),
        both.c.known_from <= as_of,
        or_(both.c.known_until.is_(None), both.c.known_until > as_of),
    )


def published_months(scope: QueryScope, flow: SqlExpression, period: SqlExpression) -> SqlExpression:
    """Return the number of months of a flow's period that were published as of the scope's day; null for none.

    The numbers are an array parameter, read by position: a join would cost planning time and a lookup for each figure.
    """
    published = scope.published_months
    months = Grouping(array_parameter(published.counts, SmallInteger, dimensions=2))
    row, column = flow - published.flow_offset, period - published.month_offset
    return func.nullif(months[row][column], 0, type_=SmallInteger)


def is_release_current(as_of: date | None) -> SqlExpression:
    """Return whether a release was published and not withdrawn on a day, or today where that is null."""
    if as_of is None:
        return Release.withdrawn_on.is_(None)
    not_withdrawn = Release.withdrawn_on.is_(None) | (Release.withdrawn_on > as_of)
    return and_(Release.published_on <= as_of, not_withdrawn)


def matches_periods(period: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return whether `period` is one of the requested periods."""
    return or_(*(period.between(first, last) for first, last in scope.period_ranges))


def _observation_columns(table: type[Observation] | type[ObservationHistory]) -> list[SqlExpression]:
    return [getattr(table, name) for name in OBSERVATION_COLUMNS]
