"""Queries for the figures of one side of a comparison, and for the periods that its datasets have published."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import FromClause, Integer, SmallInteger, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.source import Figures, is_release_current, published_months
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import Query
from service.analytics.tables.balanced_panel import CELL_KEY_COLUMNS, panel_cells
from service.analytics.tables.cross_section import figures_with_growth
from service.models import Release, ReleasePeriod

CellKey = tuple[int, int, int]
"""Flow, commodity and first month of a figure."""


def reported_figures(scope: QueryScope, cells: Sequence[CellKey]) -> Query:
    """Select a row for each of `cells`, with or without a figure, for the only partner of the scope.

    The columns are those of `figures_with_growth` and two more: `reported_value`, in units of the reported currency
    (null for a missing figure), and `published_months`, the number of published months of the period (null for none).
    """
    grid = _cell_grid(scope.partners[0], cells)
    figures = Figures(scope, has_all_areas=False)
    cell = panel_cells(grid, scope, figures, name="cell")
    reported = panel_cells(grid, scope, figures.unconverted_figures(), name="reported_cell")
    both_values = (
        select(
            *cell.c,
            (reported.c.value * scope.unit_multiplier).label("reported_value"),
            published_months(scope, cell.c.flow, cell.c.period).label("published_months"),
        )
        .select_from(cell)
        .join(reported, and_(*(reported.c[name] == cell.c[name] for name in CELL_KEY_COLUMNS)))
        .cte("reported_figure")
    )
    rows = figures_with_growth(both_values, scope, figures, extra_columns=["reported_value", "published_months"])
    return rows.order_by(*(rows.selected_columns[name] for name in CELL_KEY_COLUMNS))


def _cell_grid(partner: int, cells: Sequence[CellKey]) -> FromClause:
    flows, commodity_ids, periods = zip(*cells, strict=True)
    requested_cell = (
        func.unnest(
            cast(list(flows), ARRAY(SmallInteger)),
            cast(list(commodity_ids), ARRAY(Integer)),
            cast(list(periods), ARRAY(SmallInteger)),
        )
        .table_valued("flow", "commodity_id", "period")
        .render_derived(name="requested_cell")
    )
    columns = [cast(requested_cell.c[name], SmallInteger).label(name) for name in ("flow", "period")]
    commodity_id = cast(requested_cell.c.commodity_id, Integer).label("commodity_id")
    partner_id = cast(literal(partner), SmallInteger).label("partner_id")
    return select(*columns, commodity_id, partner_id).subquery("grid")


def published_period_counts(
    dataset_ids: Sequence[int], *, flows: Sequence[int], month_ranges: Iterable[tuple[int, int]], as_of: date | None
) -> Query:
    """Select dataset_id and period_count: the number of published periods, each counted once for each of `flows`.

    `month_ranges` are inclusive: only periods that begin in one of them count.
    """
    period_count = func.count(func.distinct(ReleasePeriod.flow, ReleasePeriod.period))
    is_its_release = and_(Release.dataset_id == ReleasePeriod.dataset_id, Release.id == ReleasePeriod.release_id)
    return (
        select(ReleasePeriod.dataset_id, period_count.label("period_count"))
        .join(Release, is_its_release)
        .where(
            matches_any_key(ReleasePeriod.dataset_id, dataset_ids),
            matches_any_key(ReleasePeriod.flow, flows),
            or_(*(ReleasePeriod.period.between(first, last) for first, last in month_ranges)),
            is_release_current(as_of),
        )
        .group_by(ReleasePeriod.dataset_id)
        .order_by(ReleasePeriod.dataset_id)
    )
