"""Queries for revisions: figures with their growth, as known on each day on which the figure or its growth changed."""

from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Label,
    SmallInteger,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union,
)

from service.analytics.figures.aggregation import requested_period
from service.analytics.figures.source import Figures, matches_periods
from service.analytics.measures.growth import ratio, relative_change
from service.analytics.measures.observation_status import exact_value
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import array_parameter, dataset_id_literal, matches_any_key, matches_dataset
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.paged_table import requested_cells, requested_commodity_ids
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import AreaMember, Observation, ObservationHistory, Release, ReleasePeriod
from service.resources.revisions.vintage_days import vintage_scope

COMPARED_COLUMNS = ("yoy_pct", "yoy_base")
REVISION_SERIES_COLUMNS = ("flow", "partner_id", "commodity_id")


def change_days(scope: QueryScope, _page: Page) -> Query:
    """Select the days on which a requested figure, or the base of its growth, was published or superseded.

    A sum of months can also change on a day on which the source publishes or withdraws a month that has no figure.
    """
    days_published = [_table_change_days(table, table.known_from, scope) for table in (Observation, ObservationHistory)]
    days_superseded = _table_change_days(ObservationHistory, ObservationHistory.known_until, scope)
    days_of_releases = (
        [_release_days(day, scope) for day in (Release.published_on, Release.withdrawn_on)]
        if scope.aggregates_periods
        else []
    )
    days = union(*days_published, days_superseded, *days_of_releases).subquery("change_day")
    all_days = select(days.c.day).order_by(days.c.day)
    return all_days if scope.as_of is None else all_days.where(days.c.day <= scope.as_of)


def _table_change_days(
    table: type[Observation] | type[ObservationHistory], day: SqlExpression, scope: QueryScope
) -> Query:
    is_requested: SqlExpression = matches_any_key(table.partner_id, scope.partners)
    if scope.has_groups:
        members = select(AreaMember.member_id).where(matches_any_key(AreaMember.group_id, scope.groups))
        is_requested = or_(is_requested, table.partner_id.in_(members))
    return select(day.label("day")).where(
        matches_dataset(table, scope.dataset_id),
        matches_any_key(table.flow, scope.flows),
        is_requested,
        table.commodity_id.in_(requested_commodity_ids(scope)),
        _is_part_of_growth(table.period, scope),
    )


def _release_days(day: SqlExpression, scope: QueryScope) -> Query:
    is_its_period = and_(Release.dataset_id == ReleasePeriod.dataset_id, Release.id == ReleasePeriod.release_id)
    return (
        select(day.label("day"))
        .join(ReleasePeriod, is_its_period)
        .where(
            Release.dataset_id == dataset_id_literal(scope.dataset_id),
            matches_any_key(ReleasePeriod.flow, scope.flows),
            _is_part_of_growth(ReleasePeriod.period, scope),
            day.is_not(None),
        )
    )


def _is_part_of_growth(month: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return whether a stored period is part of a requested one, or of the one a year earlier."""
    period = requested_period(month, scope)
    return or_(matches_periods(period, scope), matches_periods(period + MONTHS_PER_YEAR, scope))


def revision_table(scope: QueryScope, page: Page) -> Query:
    """Select one page of vintages: a row for each figure and each vintage day on which it or its growth changed."""
    vintages = _vintage_figures(scope, page).subquery("vintage")
    figure_key = [*(vintages.c[name] for name in REVISION_SERIES_COLUMNS), vintages.c.period]
    value, growth = _complete_value(vintages, scope), _exact_growth(vintages)

    def previous(column: SqlExpression) -> SqlExpression:
        return func.lag(column).over(partition_by=figure_key, order_by=vintages.c.known_from)

    is_first = func.row_number().over(partition_by=figure_key, order_by=vintages.c.known_from) == 1
    all_vintages: dict[str, Any] = {"partition_by": figure_key, "order_by": vintages.c.known_from, "rows": (None, None)}
    is_value_changed = vintages.c.value.is_distinct_from(previous(vintages.c.value))
    is_growth_changed = vintages.c.yoy_pct.is_distinct_from(previous(vintages.c.yoy_pct))
    is_republished = _is_republished(vintages, scope)
    first_value, latest_value = (each(value).over(**all_vintages) for each in (func.first_value, func.last_value))
    revisions = select(
        vintages,
        (value - previous(value)).label("revision"),
        relative_change(value, base=previous(value)).label("relative_revision"),
        rounded_decimal(growth - previous(growth)).label("yoy_revision_pp"),
        or_(is_first, is_value_changed, is_growth_changed).label("is_changed"),
        is_value_changed.label("is_value_changed"),
        case((and_(is_first, is_republished), relative_change(latest_value, base=first_value))).label(
            "revision_of_first"
        ),
    ).subquery("revision")
    rows = select(revisions, *_statistics(revisions)).subquery("revision_with_statistics")
    return page.apply(select(rows).where(rows.c.is_changed))


def _is_republished(vintages: FromClause, scope: QueryScope) -> SqlExpression:
    """Return whether a period, or a month of it, was published at least twice, so that a revision could be seen."""
    flows, periods = (array_parameter(keys, SmallInteger) for keys in scope.republished_periods)
    key = func.unnest(flows, periods).table_valued("flow", "period").render_derived(name="republished_period")
    return tuple_(vintages.c.flow, vintages.c.period).in_(select(key.c.flow, key.c.period))


def _complete_value(vintages: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the exact value; null for a sum over a part of its months, which grows as months are published."""
    value: SqlExpression = exact_value(vintages.c.value, vintages.c.obs_status)
    return case((vintages.c.months == scope.period_months, value)) if scope.aggregates_periods else value


def _exact_growth(vintages: FromClause) -> SqlExpression:
    """Return the growth from a year earlier in percent, which is not rounded; null where there is none."""
    base = vintages.c.yoy_base
    return case((vintages.c.yoy_pct.is_not(None), relative_change(vintages.c.value, base=base)))


def _statistics(revisions: FromClause) -> list[Label[Any]]:
    """Return the revision of a row in percent, and the statistics of the revisions of its series.

    These are of each change of a value, and, with the prefix `revision_`, of the first published value of each period
    against the latest, over the periods that were published at least twice.
    """
    series: dict[str, Any] = {"partition_by": [revisions.c[name] for name in REVISION_SERIES_COLUMNS]}
    change, first = case((revisions.c.is_value_changed, revisions.c.relative_revision)), revisions.c.revision_of_first
    count = func.count(first).over(**series)
    upward = func.count(case((first > 0, 1))).over(**series)
    return [
        rounded_decimal(revisions.c.relative_revision).label("revision_pct"),
        rounded_decimal(func.avg(func.abs(change)).over(**series)).label("mean_abs_revision_pct"),
        rounded_decimal(func.max(func.abs(change)).over(**series)).label("largest_abs_revision_pct"),
        rounded_decimal(func.avg(first).over(**series)).label("revision_mean_pct"),
        rounded_decimal(func.avg(func.abs(first)).over(**series)).label("revision_mean_abs_pct"),
        rounded_decimal(func.max(func.abs(first)).over(**series)).label("revision_max_abs_pct"),
        cast(count, Integer).label("revision_count"),
        ratio(upward, denominator=count).label("revision_up_share_pct"),
    ]


def _vintage_figures(scope: QueryScope, page: Page) -> Query:
    """Select the figures as known on each vintage day, with the day as `known_from`.

    The query of one day is written once, and PostgreSQL repeats it for each day.
    """
    day_scope, change_day = vintage_scope(scope)
    figures = Figures(day_scope, has_all_periods=False)
    cells = requested_cells(figures, day_scope).subquery("cell")
    rows = figures_with_growth(
        cells, day_scope, figures, is_needed=lambda column: column in COMPARED_COLUMNS or page.includes(column)
    )
    # Sums over members and months depend on the day, so that they belong inside of the repeated query.
    vintage = rows.add_cte(*figures.aggregates, nest_here=True).lateral("vintage_of_day")
    return select(vintage, change_day.c.day.label("known_from")).select_from(change_day.join(vintage, literal(True)))
