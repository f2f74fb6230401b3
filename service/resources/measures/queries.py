"""Trade measures, with the goods and partners that they affect, and trade in these before and since."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import CTE, and_, func, literal, select

from service.analytics.figures.source import Figures
from service.analytics.measures.event_window import EventWindow, event_aggregates
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.analytics.tables.balanced_panel import panel_cells, requested_series, series_period_grid
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import Classification, Commodity, Measure, MeasureCommodity, MeasurePartner


def announced_measures(*, as_of: date | None) -> Query:
    """Select the measures that were announced by the day of `as_of`, by code."""
    known = select(Measure).order_by(Measure.code)
    return known if as_of is None else known.where(Measure.announced_on <= as_of)


def commodities_of_measures() -> Query:
    """Select measure_code, classification, commodity, certainty and note of all goods affected, by their codes."""
    return (
        select(
            MeasureCommodity.measure_code,
            Classification.code.label("classification"),
            Commodity.code.label("commodity"),
            MeasureCommodity.certainty,
            MeasureCommodity.note,
        )
        .join(Commodity, Commodity.id == MeasureCommodity.commodity_id)
        .join(Classification, Classification.id == Commodity.classification_id)
        .order_by(MeasureCommodity.measure_code, Classification.code, Commodity.code)
    )


def partners_of_measures() -> Query:
    """Select measure_code and area_id of the partners that measures name, by them."""
    columns = MeasurePartner.measure_code, MeasurePartner.area_id
    return select(*columns).order_by(*columns)


def event_window_trade(scope: QueryScope, page: Page, *, window: EventWindow, constants: Mapping[str, str]) -> Query:
    """Select one page of the series that are asked for, of goods of a measure, with what they came to around a day.

    `said` are columns that are the same in each row, `measure` among them.
    """
    month = _monthly_values(scope, window)
    world = month.alias("world")
    in_world = and_(
        world.c.partner_id == scope.world_id,
        *(world.c[name] == month.c[name] for name in ("flow", "commodity_id", "period")),
    )
    series = [month.c.flow, month.c.partner_id, month.c.commodity_id]
    columns = event_aggregates(
        month, world=world, window=window, unit_multiplier=scope.unit_multiplier, exhaustive=scope.exhaustive
    )
    sums = (
        select(*series, *columns)
        .select_from(month.outerjoin(world, in_world))
        .where(matches_any_key(month.c.partner_id, scope.partners))
        .group_by(*series)
        .subquery("sums")
    )
    affected = and_(
        MeasureCommodity.commodity_id == sums.c.commodity_id, MeasureCommodity.measure_code == constants["measure"]
    )
    mapping = MeasureCommodity.certainty, MeasureCommodity.note.label("mapping_note")
    constant = [literal(text).label(name) for name, text in constants.items()]
    return page.apply(select(sums, *mapping, *constant).join_from(sums, MeasureCommodity, affected))


def _monthly_values(scope: QueryScope, window: EventWindow) -> CTE:
    """Return the months of each series that is asked for and of the World's, each with its value a year before."""
    with_world = replace(scope, partners=tuple({*scope.partners, scope.world_id}))
    series = requested_series(with_world).subquery("asked")
    grid = series_period_grid(series, scope, window.first_month, window.last_month)
    cell = panel_cells(grid, scope, Figures(scope), name="cell")
    own = [cell.c[name] for name in ("flow", "partner_id", "commodity_id", "period", "value", "obs_status")]
    year_before = func.lag(cell.c.value, MONTHS_PER_YEAR).over(
        partition_by=[cell.c.flow, cell.c.partner_id, cell.c.commodity_id], order_by=cell.c.period
    )
    return select(*own, year_before.label("base")).cte("month")
