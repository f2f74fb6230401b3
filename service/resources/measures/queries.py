"""Queries for trade measures, the commodities and partners that they affect, and the affected trade."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import CTE, and_, func, literal, select

from service.analytics.figures.source import Figures
from service.analytics.measures.event_window import EventWindow, event_aggregates
from service.analytics.measures.observation_status import exact_value
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.analytics.tables.balanced_panel import panel_cells, requested_series, series_period_grid
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import Classification, Commodity, Measure, MeasureCommodity, MeasurePartner


def announced_measures(*, as_of: date | None) -> Query:
    """Select the measures that were announced by the day of `as_of`, ordered by code."""
    measures = select(Measure).order_by(Measure.code)
    return measures if as_of is None else measures.where(Measure.announced_on <= as_of)


def commodities_of_measures() -> Query:
    """Select measure_code, classification, commodity, certainty and note of all affected commodities, by code."""
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
    """Select measure_code and area_id of the partners that measures name, ordered by both."""
    columns = MeasurePartner.measure_code, MeasurePartner.area_id
    return select(*columns).order_by(*columns)


def event_window_trade(scope: QueryScope, page: Page, *, window: EventWindow, constants: Mapping[str, str]) -> Query:
    """Select one page of the requested series of affected commodities, aggregated before and after an event.

    `constants` are further columns, such as `measure`, with the value that they have in every row.
    """
    month = _monthly_values(scope, window)
    world = month.alias("world_month")
    is_same_month = and_(
        world.c.partner_id == scope.world_id,
        *(world.c[name] == month.c[name] for name in ("flow", "commodity_id", "period")),
    )
    series = [month.c.flow, month.c.partner_id, month.c.commodity_id]
    columns = event_aggregates(
        month, world=world, window=window, unit_multiplier=scope.unit_multiplier, exhaustive=scope.exhaustive
    )
    aggregates = (
        select(*series, *columns)
        .select_from(month.outerjoin(world, is_same_month))
        .where(matches_any_key(month.c.partner_id, scope.partners))
        .group_by(*series)
        .subquery("event_aggregate")
    )
    is_affected = and_(
        MeasureCommodity.commodity_id == aggregates.c.commodity_id,
        MeasureCommodity.measure_code == constants["measure"],
    )
    mapping_columns = MeasureCommodity.certainty, MeasureCommodity.note.label("mapping_note")
    constant_columns = [literal(text).label(name) for name, text in constants.items()]
    rows = select(aggregates, *mapping_columns, *constant_columns).join_from(aggregates, MeasureCommodity, is_affected)
    return page.apply(rows)


def _monthly_values(scope: QueryScope, window: EventWindow) -> CTE:
    """Return the months of each requested series and of the World's, each with its value a year earlier."""
    scope_with_world = replace(scope, partners=tuple({*scope.partners, scope.world_id}))
    series = requested_series(scope_with_world).subquery("requested_series")
    grid = series_period_grid(series, scope, window.first_month, window.last_month)
    cell = panel_cells(grid, scope, Figures(scope), name="cell")
    columns = [cell.c[name] for name in ("flow", "partner_id", "commodity_id", "period", "obs_status")]
    value = exact_value(cell.c.value, cell.c.obs_status)
    base = func.lag(value, MONTHS_PER_YEAR).over(
        partition_by=[cell.c.flow, cell.c.partner_id, cell.c.commodity_id], order_by=cell.c.period
    )
    return select(*columns, value.label("value"), base.label("base")).cte("month")
