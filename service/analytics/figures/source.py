"""Figures that every computation starts from: current or as of a day, aggregated, converted."""

from copy import copy
from datetime import date
from functools import partial

from sqlalchemy import (
    CTE,
    Date,
    FromClause,
    SmallInteger,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from service.analytics.figures.aggregation import aggregate_figures, aggregate_series, reported_series
from service.analytics.figures.currency_conversion import converted_figures
from service.analytics.figures.stitched_observations import stitched_observations
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import dataset_id_literal, matches_dataset
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
MEMBER_COLUMNS = ("members", "unknown_members")
MONTH_COUNT_ARRAY = ARRAY(SmallInteger, dimensions=2)


class Figures:
    """The figures of one dataset as of one day, available under any number of table aliases.

    Each row has flow, partner_id, commodity_id, period, value, quantity, quantity_unit, net_weight_kg, obs_status and
    release_id. `value` is in stored units, in the target currency if the scope has a conversion; `unconverted_value`,
    in the currency of the source, exists only then. `months` is the number of months of the period that have a figure.
    In rows of a computed group `members` are the members with a known figure, `unknown_members` those with a figure
    without a value; both are null in rows of published figures.
    """

    def __init__(
        self,
        scope: QueryScope,
        *,
        has_whole_levels: bool = False,
        has_all_periods: bool = True,
        has_all_areas: bool = True,
        has_ranked_areas: bool = False,
    ) -> None:
        """Prepare the figures of a scope; `has_whole_levels` adds all commodities of the requested levels.

        Without `has_all_areas`, sums are made for the requested areas and the World alone; `has_ranked_areas` adds all
        individual areas where one of them is requested, which is ranked among them.
        Without `has_all_periods`, sums are made for requested periods and those that their growth is computed from.
        """
        self._scope = scope
        self._has_whole_levels, self.has_all_periods = has_whole_levels, has_all_periods
        self._has_all_areas, self._has_ranked_areas = has_all_areas, has_ranked_areas
        self._is_unconverted = False
        self._aggregates: dict[int, CTE] = {}

    @property
    def is_raw(self) -> bool:
        """Return whether the stored figures are used as they are, neither aggregated nor converted."""
        return not self.is_aggregated and self._scope.conversion is None and self._scope.is_parameterizable

    @property
    def aggregates(self) -> tuple[CTE, ...]:
        """Return the CTEs, with sums over members and periods, that the aliases created so far read from."""
        return tuple(self._aggregates.values())

    def alias(self, name: str, *, membership_offset: int = 0) -> FromClause:
        """Return the figures as a table with the alias `name`.

        The figure of a computed group is the sum over the members that it has `membership_offset` months after the
        period of the figure: 12 for the base of a year-on-year comparison. If there are several editions, the figure
        has the commodities of the edition that answers that later period.
        """
        table = self._table(name if not self._is_unconverted else f"{name}_converted", membership_offset)
        if not self._is_unconverted or self._scope.conversion is None:
            return table
        unchanged = [column for column in table.c if column.name not in {"value", "unconverted_value"}]
        return select(*unchanged, table.c.unconverted_value.label("value")).subquery(name)

    def figures_for_series(
        self,
        series: FromClause,
        *,
        name: str,
        is_needed: ColumnFilter,
        span: tuple[int, int],
        membership_offset: int = 0,
    ) -> FromClause:
        """Return the figures of `series`, a table of flow, partner_id and commodity_id, in the periods of `span`.

        `span` holds the first months of the first and the last period, both inclusive. `is_needed` returns whether a
        column is needed. The figure of a group is the sum over the members that it has `membership_offset` months after
        the period.
        """
        offset, (first, last) = self._effective_offset(membership_offset), span
        stored = stored_observations(self._scope, months_later=offset).subquery("observation_as_of")
        is_in_span = stored.c.period.between(first, last + self._scope.period_months - self._scope.source_period_months)
        series_figures = aggregate_series(
            series,
            self._convert(select(stored).where(is_in_span).subquery("stored"), name="converted"),
            self._scope,
            is_needed=is_needed,
            membership_offset=offset,
        )
        return series_figures.subquery(name)

    def source_figures(self, name: str, *, months_later: int = 0) -> FromClause:
        """Return the stored figures, converted where the scope has a conversion, as a table with the alias `name`.

        If there are several editions, a figure has the commodities of the edition that answers the period
        `months_later` months after that of the figure.
        """
        stored = stored_observations(self._scope, months_later=months_later)
        if self._scope.conversion is None:
            return stored.subquery(name)
        return self._convert(stored.subquery(f"{name}_as_reported"), name=name)

    def reported_series(self, name: str) -> FromClause:
        """Return a table of the requested series with a figure in any period: flow, partner_id, commodity_id."""
        return reported_series(stored_observations(self._scope).subquery(f"{name}_stored"), self._scope).subquery(name)

    def unconverted_figures(self) -> "Figures":
        """Return the same figures in the currency of the source."""
        unconverted = copy(self)
        unconverted._is_unconverted = True
        return unconverted

    @property
    def is_aggregated(self) -> bool:
        """Return whether the figures are sums over members or periods.

        A statement computes such sums once, and cannot look them up by an index.
        """
        return self._scope.has_groups or self._scope.aggregates_periods

    def _effective_offset(self, membership_offset: int) -> int:
        return membership_offset if self._scope.has_dated_bases else 0

    def _table(self, name: str, membership_offset: int) -> FromClause:
        offset = self._effective_offset(membership_offset)
        if not self.is_aggregated:
            return self.source_figures(name, months_later=offset)
        if offset not in self._aggregates:
            as_of = self._scope.as_of
            stored_figures = stored_observations(self._scope, months_later=offset)
            stored = self._convert(stored_figures.subquery("stored"), name="converted")
            self._aggregates[offset] = aggregate_figures(
                stored,
                self._scope,
                membership_offset=offset,
                has_whole_levels=self._has_whole_levels,
                has_all_periods=self.has_all_periods,
                has_all_areas=self._has_all_areas,
                has_ranked_areas=self._has_ranked_areas,
                name="_".join(
                    ["aggregated_figures", *([f"{as_of:%Y%m%d}"] if isinstance(as_of, date) else []), str(offset)]
                ),
            )
        return select(self._aggregates[offset]).subquery(name)

    def _convert(self, stored: FromClause, *, name: str) -> FromClause:
        if self._scope.conversion is None:
            return stored
        return converted_figures(stored, self._scope.conversion, name=name)


def stored_observations(scope: QueryScope, *, months_later: int = 0) -> Query:
    """Select the stored figures: the current ones, or those as of the day in the scope.

    If there are several editions, a figure has the commodities of the edition that answers the period `months_later`
    months after that of the figure.
    """
    stored = (
        _dataset_observations(scope.dataset_id, scope.as_of)
        if scope.editions is None
        else stitched_observations(
            scope.editions,
            partial(_dataset_observations, as_of=scope.as_of),
            months_later=months_later,
            exhaustive=scope.exhaustive,
        )
    )
    no_members = [cast(null(), ARRAY(SmallInteger)).label(name) for name in MEMBER_COLUMNS]
    return stored.add_columns(literal(scope.source_period_months).label("months"), *no_members)


def _dataset_observations(dataset_id: int, as_of: date | None) -> Query:
    if as_of is not None:
        return _vintage_observations(dataset_id, as_of)
    return select(*_observation_columns(Observation)).where(matches_dataset(Observation, dataset_id))


def _vintage_observations(dataset_id: int, as_of: date) -> Query:
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
    return select(*[both.c[name] for name in OBSERVATION_COLUMNS]).where(
        both.c.dataset_id == dataset_id_literal(dataset_id),
        both.c.known_from <= as_of,
        or_(both.c.known_until.is_(None), both.c.known_until > as_of),
    )


def published_months(scope: QueryScope, flow: SqlExpression, period: SqlExpression) -> SqlExpression:
    """Return, as SQL, the number of months of a period that were published as of the day in the scope; null for none.

    The numbers are an array, read by position: a join would cost planning time and a lookup for each figure.
    """
    array = scope.month_count_array
    if isinstance(array, str):
        array = cast(literal(array, Text), MONTH_COUNT_ARRAY)
    return func.nullif(Grouping(array)[flow][period], 0, type_=SmallInteger)


def is_release_current(as_of: date | None) -> SqlExpression:
    """Return the SQL condition that a release was published and not withdrawn as of a day; null means today."""
    if as_of is None:
        return Release.withdrawn_on.is_(None)
    not_withdrawn = Release.withdrawn_on.is_(None) | (Release.withdrawn_on > as_of)
    return and_(Release.published_on <= as_of, not_withdrawn)


def matches_periods(period: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that `period` is one of the requested periods."""
    return or_(*(period.between(first, last) for first, last in scope.period_ranges))


def _observation_columns(table: type[Observation] | type[ObservationHistory]) -> list[SqlExpression]:
    return [getattr(table, name) for name in OBSERVATION_COLUMNS]
