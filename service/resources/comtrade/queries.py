"""Queries for UN Comtrade's API: figures of a scope, and numbers of figures by period."""

from sqlalchemy import FromClause, Text, cast, func, null, select

from service.analytics.figures.source import Figures
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import dataset_id_literal, matches_dataset
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.paged_table import PAGE_KEY_COLUMNS, requested_cells
from service.models import Observation, Release, ReleaseSeries

FIGURE_COLUMNS = (*PAGE_KEY_COLUMNS, "value", "quantity", "quantity_unit", "net_weight_kg", "source_cells")


def requested_figures(scope: QueryScope, *, has_source_cells: bool, max_rows: int) -> Query:
    """Select FIGURE_COLUMNS of the requested figures in the order of their key, at most `max_rows` of them.

    `has_source_cells` adds the text of the source's other columns, such as quantities; otherwise it is null.
    """
    cell = requested_cells(Figures(scope, has_all_periods=False, has_all_areas=False), scope).subquery("figure")
    value = (cell.c.value * scope.unit_multiplier).label("value")
    columns = [value if name == "value" else cell.c[name] for name in FIGURE_COLUMNS[:-1]]
    source_cells = _source_cells(scope, cell) if has_source_cells else cast(null(), Text)
    return (
        select(*columns, source_cells.label("source_cells"))
        .order_by(*(cell.c[name] for name in PAGE_KEY_COLUMNS))
        .limit(max_rows)
    )


def _source_cells(scope: QueryScope, cell: FromClause) -> SqlExpression:
    """Return the text of the newest release that has the cell and is not withdrawn: the figure is from it."""
    position = func.array_position(ReleaseSeries.periods, cell.c.period)
    newest = (
        select(ReleaseSeries.source_cells[position])
        .join(Release, Release.id == ReleaseSeries.release_id)
        .where(
            Release.dataset_id == dataset_id_literal(scope.dataset_id),
            Release.withdrawn_on.is_(None),
            ReleaseSeries.dataset_id == dataset_id_literal(scope.dataset_id),
            *(getattr(ReleaseSeries, name) == cell.c[name] for name in ("flow", "partner_id", "commodity_id")),
            position.is_not(None),
        )
        .order_by(Release.published_on.desc(), Release.id)
        .limit(1)
    )
    return newest.scalar_subquery()


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
