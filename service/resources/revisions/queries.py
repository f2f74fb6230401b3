"""Queries for revisions: figures with their growth, as known on each day on which one of them changed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, func, literal, or_, select, union

from service.analytics.figures.aggregation import requested_period
from service.analytics.figures.source import Figures, matches_periods
from service.analytics.measures.growth import complete_growth_pct
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_dataset
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.paged_table import requested_cells, requested_commodity_ids
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import AreaMember, Observation, ObservationHistory
from service.resources.revisions.vintage_days import vintage_scope

REVISION_SERIES_COLUMNS = ("flow", "partner_id", "commodity_id")


def change_days(scope: QueryScope) -> Query:
    """Select the days on which a requested figure, or the base of its growth, was published or superseded."""
    days_published = [_table_change_days(table, table.known_from, scope) for table in (Observation, ObservationHistory)]
    days_superseded = _table_change_days(ObservationHistory, ObservationHistory.known_until, scope)
    days = union(*days_published, days_superseded).subquery("change_day")
    all_days = select(days.c.day).order_by(days.c.day)
    return all_days if scope.as_of is None else all_days.where(days.c.day <= scope.as_of)


def _table_change_days(
    table: type[Observation] | type[ObservationHistory], day: SqlExpression, scope: QueryScope
) -> Query:
    # Figures of members change the sum of a group, and those of months that of a quarter or a year.
    partner = matches_any_key(table.partner_id, scope.partners)
    if scope.has_groups:
        members = select(AreaMember.member_id).where(matches_any_key(AreaMember.group_id, scope.groups))
        partner = or_(partner, table.partner_id.in_(members))
    period = requested_period(table.period, scope)
    return select(day.label("day")).where(
        matches_dataset(table, scope.dataset_id),
        matches_any_key(table.flow, scope.flows),
        partner,
        table.commodity_id.in_(requested_commodity_ids(scope)),
        or_(matches_periods(period, scope), matches_periods(period + MONTHS_PER_YEAR, scope)),
    )


def revision_table(scope: QueryScope, page: Page, *, days: list[date]) -> Query:
    """Select one page of the vintages of each figure: its states on `days` that differ from the state before."""
    vintages = _vintage_figures(scope, page, days=days or [date.min]).subquery("vintage")
    value, growth, day = vintages.c.value, vintages.c.yoy_pct, vintages.c.known_from
    figure_key = [*(vintages.c[name] for name in REVISION_SERIES_COLUMNS), vintages.c.period]
    previous_value = func.lag(value).over(partition_by=figure_key, order_by=day)
    previous_growth = func.lag(growth).over(partition_by=figure_key, order_by=day)
    is_first = func.row_number().over(partition_by=figure_key, order_by=day) == 1
    is_changed = or_(is_first, value.is_distinct_from(previous_value), growth.is_distinct_from(previous_growth))
    revisions = select(
        vintages,
        (value - previous_value).label("revision"),
        complete_growth_pct(value, base=previous_value).label("revision_pct"),
        rounded_decimal(growth - previous_growth).label("yoy_revision_pp"),
        is_changed.label("is_changed"),
        value.is_distinct_from(previous_value).label("is_value_changed"),
    ).subquery("revision")
    size = case((revisions.c.is_value_changed, func.abs(revisions.c.revision_pct)))
    series = [revisions.c[name] for name in REVISION_SERIES_COLUMNS]
    rows = select(
        revisions,
        rounded_decimal(func.avg(size).over(partition_by=series)).label("mean_abs_revision_pct"),
        func.max(size).over(partition_by=series).label("largest_abs_revision_pct"),
    ).subquery("revision_with_statistics")
    return page.apply(select(rows).where(rows.c.is_changed))


def _vintage_figures(scope: QueryScope, page: Page, *, days: Sequence[date]) -> Query:
    """Select the figures as known on each of the days, with the day as `known_from`.

    The query of one day is written once, and PostgreSQL repeats it for each day.
    """
    day_scope, change_day = vintage_scope(scope, days=days)
    figures = Figures(day_scope)
    cells = requested_cells(figures, day_scope).subquery("cell")
    rows = figures_with_growth(
        cells, day_scope, figures, is_needed=lambda column: column == "yoy_pct" or page.includes(column)
    )
    # Sums over members and months depend on the day, so that they belong inside of the repeated query.
    vintage = rows.add_cte(*figures.aggregates, nest_here=True).lateral("vintage_of_day")
    return select(vintage, change_day.c.day.label("known_from")).select_from(change_day.join(vintage, literal(True)))
