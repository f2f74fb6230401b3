"""Queries for UN Comtrade's API: figures of a scope, and numbers of figures by period."""

from sqlalchemy import func, select

from service.analytics.figures.source import Figures
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_dataset
from service.analytics.sql.types import Query
from service.analytics.tables.paged_table import PAGE_KEY_COLUMNS, requested_cells
from service.models import Observation

FIGURE_COLUMNS = (*PAGE_KEY_COLUMNS, "value", "quantity", "quantity_unit", "net_weight_kg")


def requested_figures(scope: QueryScope, *, max_rows: int) -> Query:
    """Select FIGURE_COLUMNS of the requested figures in the order of their key, at most `max_rows` of them."""
    cell = requested_cells(Figures(scope, has_all_periods=False, has_all_areas=False), scope).subquery("figure")
    value = (cell.c.value * scope.unit_multiplier).label("value")
    columns = [value if name == "value" else cell.c[name] for name in FIGURE_COLUMNS]
    return select(*columns).order_by(*(cell.c[name] for name in PAGE_KEY_COLUMNS)).limit(max_rows)


def figure_count(scope: QueryScope) -> Query:
    """Select the number of the requested figures."""
    cell = requested_cells(Figures(scope, has_all_periods=False, has_all_areas=False), scope).subquery("figure")
    return select(func.count().label("figure_count")).select_from(cell)


def figure_counts(dataset_id: int, periods: tuple[int, ...]) -> Query:
    """Select each of `periods` with the number of its stored figures."""
    period = Observation.period
    return (
        select(period, func.count().label("figure_count"))
        .where(matches_dataset(Observation, dataset_id), period.in_(periods))
        .group_by(period)
        .order_by(period)
    )
