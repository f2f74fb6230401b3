"""Figures with their growth, as they were known from each day on which one of them changed."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Date, case, cast, func, literal, or_, select, union, union_all

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
from service.models import Observation, ObservationHistory

REVISION_SERIES_COLUMNS = ("flow", "partner_id", "commodity_id")


def change_days(scope: QueryScope) -> Query:
    """Select the days on which a figure that is asked for, or the base of its growth, began or ceased to stand."""
    began = [_table_change_days(table, table.known_from, scope) for table in (Observation, ObservationHistory)]
    ceased = _table_change_days(ObservationHistory, ObservationHistory.known_until, scope)
    days = union(*began, ceased).subquery("day_of_change")
    known = select(days.c.day).order_by(days.c.day)
    return known if scope.as_of is None else known.where(days.c.day <= scope.as_of)


def _table_change_days(
    table: type[Observation] | type[ObservationHistory], day: SqlExpression, scope: QueryScope
) -> Query:
    period = table.period
    return select(day.label("day")).where(
        matches_dataset(table, scope.dataset_id),
        matches_any_key(table.flow, scope.flows),
        matches_any_key(table.partner_id, scope.partners),
        table.commodity_id.in_(requested_commodity_ids(scope)),
        or_(matches_periods(period, scope), matches_periods(period + MONTHS_PER_YEAR, scope)),
    )


def revision_table(scope: QueryScope, page: Page, *, days: list[date]) -> Query:
    """Select one page of what was known of each figure on each of `days`, where it differs from the day before."""
    known = (_vintage_figures(day, scope, page, number=number) for number, day in enumerate(days or [date.max]))
    states = union_all(*known).subquery("state")
    figure, day = [*(states.c[name] for name in REVISION_SERIES_COLUMNS), states.c.period], states.c.known_from
    before = func.lag(states.c.value).over(partition_by=figure, order_by=day)
    growth_before = func.lag(states.c.yoy_pct).over(partition_by=figure, order_by=day)
    first = func.row_number().over(partition_by=figure, order_by=day) == 1
    changed = or_(first, states.c.value.is_distinct_from(before), states.c.yoy_pct.is_distinct_from(growth_before))
    table = select(
        states,
        (states.c.value - before).label("revision"),
        complete_growth_pct(states.c.value, base=before).label("revision_pct"),
        rounded_decimal(states.c.yoy_pct - growth_before).label("yoy_revision_pp"),
        changed.label("changed"),
        states.c.value.is_distinct_from(before).label("value_changed"),
    ).subquery("revision")
    size = case((table.c.value_changed, func.abs(table.c.revision_pct)))
    series = [table.c[name] for name in REVISION_SERIES_COLUMNS]
    rows = select(
        table,
        rounded_decimal(func.avg(size).over(partition_by=series)).label("mean_abs_revision_pct"),
        func.max(size).over(partition_by=series).label("largest_abs_revision_pct"),
    ).subquery("summed")
    return page.apply(select(rows).where(rows.c.changed))


def _vintage_figures(day: date, scope: QueryScope, page: Page, *, number: int) -> Query:
    """Select what was known on a day, the `number`th: tables named by it let one compiled statement serve all days."""
    then = replace(scope, as_of=day)
    figures = Figures(then)
    cells = requested_cells(figures, then).subquery(f"cell_{number}")
    rows = figures_with_growth(
        cells, then, figures, is_needed=lambda column: column == "yoy_pct" or page.includes(column)
    )
    known = rows.subquery(f"known_{number}")
    return select(known, cast(literal(day), Date).label("known_from"))
