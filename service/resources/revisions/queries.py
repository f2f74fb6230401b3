"""Figures with their growth, as they were known from each day on which one of them changed."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Date, Double, case, cast, func, literal, or_, select, union, union_all

from service.analytics.figures.source import Figures, within_periods
from service.analytics.measures.growth import complete_growth_pct
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import of_dataset, one_of
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Expression, Rows
from service.analytics.tables.cross_section import compared
from service.analytics.tables.paged_table import cells_asked, goods_asked
from service.domain.frequencies import YEAR
from service.models import Observation, ObservationHistory

SERIES = ("flow", "partner_id", "commodity_id")


def days_of_change(scope: Scope) -> Rows:
    """Select the days on which a figure that is asked for, or the base of its growth, began or ceased to stand."""
    began = [_days(table, table.known_from, scope) for table in (Observation, ObservationHistory)]
    ceased = _days(ObservationHistory, ObservationHistory.known_until, scope)
    days = union(*began, ceased).subquery("day_of_change")
    known = select(days.c.day).order_by(days.c.day)
    return known if scope.as_of is None else known.where(days.c.day <= scope.as_of)


def _days(table: type[Observation] | type[ObservationHistory], day: Expression, scope: Scope) -> Rows:
    period = table.period
    return select(day.label("day")).where(
        of_dataset(table, scope.dataset_id),
        one_of(table.flow, scope.flows),
        one_of(table.partner_id, scope.partners),
        table.commodity_id.in_(goods_asked(scope)),
        or_(within_periods(period, scope), within_periods(period + YEAR, scope)),
    )


def revision_table(scope: Scope, page: Page, *, days: list[date]) -> Rows:
    """Select one page of what was known of each figure on each of `days`, where it differs from the day before."""
    known = (_as_known_on(day, scope, page, number=number) for number, day in enumerate(days or [date.max]))
    states = union_all(*known).subquery("state")
    figure, day = [*(states.c[name] for name in SERIES), states.c.period], states.c.known_from
    before = func.lag(states.c.value).over(partition_by=figure, order_by=day)
    growth_before = func.lag(states.c.yoy_pct).over(partition_by=figure, order_by=day)
    first = func.row_number().over(partition_by=figure, order_by=day) == 1
    changed = or_(first, states.c.value.is_distinct_from(before), states.c.yoy_pct.is_distinct_from(growth_before))
    table = select(
        states,
        (states.c.value - before).label("revision"),
        complete_growth_pct(states.c.value, base=before).label("revision_pct"),
        _points(states.c.yoy_pct - growth_before).label("yoy_revision_pp"),
        changed.label("changed"),
        states.c.value.is_distinct_from(before).label("value_changed"),
    ).subquery("revision")
    size = case((table.c.value_changed, func.abs(table.c.revision_pct)))
    series = [table.c[name] for name in SERIES]
    rows = select(
        table,
        _points(func.avg(size).over(partition_by=series)).label("mean_abs_revision_pct"),
        func.max(size).over(partition_by=series).label("largest_abs_revision_pct"),
    ).subquery("summed")
    return page.of(select(rows).where(rows.c.changed))


def _as_known_on(day: date, scope: Scope, page: Page, *, number: int) -> Rows:
    """Select what was known on a day, the `number`th: tables named by it let one compiled statement serve all days."""
    then = replace(scope, as_of=day)
    figures = Figures(then)
    cells = cells_asked(figures, then).subquery(f"cell_{number}")
    rows = compared(cells, then, figures, needs=lambda column: column == "yoy_pct" or page.needs(column))
    known = rows.subquery(f"known_{number}")
    return select(known, cast(literal(day), Date).label("known_from"))


def _points(difference: Expression) -> Expression:
    return func.round(cast(difference, Double) * 1e4, type_=Double) / 1e4 + 0.0
