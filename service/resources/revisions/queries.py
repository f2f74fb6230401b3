"""Queries for revisions: figures with their growth, as known on each day on which one of them changed."""

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
    """Select the days on which a requested figure, or the base of its growth, was published or superseded."""
    days_published = [_table_change_days(table, table.known_from, scope) for table in (Observation, ObservationHistory)]
    days_superseded = _table_change_days(ObservationHistory, ObservationHistory.known_until, scope)
    days = union(*days_published, days_superseded).subquery("change_day")
    all_days = select(days.c.day).order_by(days.c.day)
    return all_days if scope.as_of is None else all_days.where(days.c.day <= scope.as_of)


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
    """Select one page of the vintages of each figure: its states on `days` that differ from the state before."""
    vintages = union_all(
        *(_vintage_figures(day, scope, page, number=number) for number, day in enumerate(days or [date.max]))
    ).subquery("vintage")
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


def _vintage_figures(day: date, scope: QueryScope, page: Page, *, number: int) -> Query:
    """Select the figures as known on a day.

    Subqueries are named by the `number` of the day, not by its date, so that one compiled statement serves all days.
    """
    vintage_scope = replace(scope, as_of=day)
    figures = Figures(vintage_scope)
    cells = requested_cells(figures, vintage_scope).subquery(f"cell_{number}")
    rows = figures_with_growth(
        cells, vintage_scope, figures, is_needed=lambda column: column == "yoy_pct" or page.includes(column)
    )
    vintage = rows.subquery(f"vintage_{number}")
    return select(vintage, cast(literal(day), Date).label("known_from"))
