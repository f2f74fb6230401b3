"""Trade measures, with the goods and partners that they affect, and trade in these before and since."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import CTE, and_, func, literal, select

from service.analytics.figures.source import Figures
from service.analytics.measures.event_window import Windows, event_columns
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import one_of
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Rows
from service.analytics.tables.balanced_panel import cells_of, every_period, series_asked
from service.domain.frequencies import YEAR
from service.models import Classification, Commodity, Measure, MeasureGood, MeasurePartner


def measures_known(*, as_of: date | None) -> Rows:
    """Select the measures that were announced by the day of `as_of`, by code."""
    known = select(Measure).order_by(Measure.code)
    return known if as_of is None else known.where(Measure.announced_on <= as_of)


def goods_of_measures() -> Rows:
    """Select measure_code, classification, commodity, certainty and note of all goods affected, by their codes."""
    return (
        select(
            MeasureGood.measure_code,
            Classification.code.label("classification"),
            Commodity.code.label("commodity"),
            MeasureGood.certainty,
            MeasureGood.note,
        )
        .join(Commodity, Commodity.id == MeasureGood.commodity_id)
        .join(Classification, Classification.id == Commodity.classification_id)
        .order_by(MeasureGood.measure_code, Classification.code, Commodity.code)
    )


def partners_of_measures() -> Rows:
    """Select measure_code and area_id of the partners that measures name, by them."""
    columns = MeasurePartner.measure_code, MeasurePartner.area_id
    return select(*columns).order_by(*columns)


def trade_around(scope: Scope, page: Page, *, windows: Windows, said: Mapping[str, str]) -> Rows:
    """Select one page of the series that are asked for, of goods of a measure, with what they came to around a day.

    `said` are columns that are the same in each row, `measure` among them.
    """
    month = _months(scope, windows)
    world = month.alias("world")
    in_world = and_(
        world.c.partner_id == scope.world_id,
        *(world.c[name] == month.c[name] for name in ("flow", "commodity_id", "period")),
    )
    series = [month.c.flow, month.c.partner_id, month.c.commodity_id]
    columns = event_columns(month, world=world, windows=windows, unit=scope.unit, exhaustive=scope.exhaustive)
    sums = (
        select(*series, *columns)
        .select_from(month.outerjoin(world, in_world))
        .where(one_of(month.c.partner_id, scope.partners))
        .group_by(*series)
        .subquery("sums")
    )
    affected = and_(MeasureGood.commodity_id == sums.c.commodity_id, MeasureGood.measure_code == said["measure"])
    mapping = MeasureGood.certainty, MeasureGood.note.label("mapping_note")
    constant = [literal(text).label(name) for name, text in said.items()]
    return page.of(select(sums, *mapping, *constant).join_from(sums, MeasureGood, affected))


def _months(scope: Scope, windows: Windows) -> CTE:
    """Return the months of each series that is asked for and of the World's, each with its value a year before."""
    with_world = replace(scope, partners=tuple({*scope.partners, scope.world_id}))
    series = series_asked(with_world).subquery("asked")
    grid = every_period(series, scope, windows.first, windows.last)
    cell = cells_of(grid, scope, Figures(scope), name="cell")
    own = [cell.c[name] for name in ("flow", "partner_id", "commodity_id", "period", "value", "obs_status")]
    year_before = func.lag(cell.c.value, YEAR).over(
        partition_by=[cell.c.flow, cell.c.partner_id, cell.c.commodity_id], order_by=cell.c.period
    )
    return select(*own, year_before.label("base")).cte("month")
