"""Queries for the ranking of a reporter's commodities."""

from functools import partial

from sqlalchemy import FromClause, case, literal_column, select

from service.analytics.figures.source import Figures
from service.analytics.measures.ranking import RANK_COLUMNS, query_with_ranks, rank_query
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_any_key_set, matches_key_set
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.base_joins import matches_cell
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.paged_table import growth_table, requested_cells
from service.analytics.tables.residual_figures import commodity_breakdown
from service.analytics.tables.residual_rows import ranking_with_residual


def commodity_ranking(scope: QueryScope, page: Page) -> Query:
    """Select one page of commodities with growth, share, contribution, and their rank within their level."""
    figures = Figures(scope, has_whole_levels=page.includes(*RANK_COLUMNS), has_all_periods=False, has_all_areas=False)
    cells = requested_cells(figures, scope, use_key_order=False)
    if not page.includes(*RANK_COLUMNS):
        return growth_table(cells, scope, figures, page)
    return growth_table(cells, scope, figures, page, add_columns=partial(_add_ranks, scope=scope, figures=figures))


def commodities_with_residual(scope: QueryScope, page: Page) -> Query:
    """Select the first commodities of a period, followed by the residual rows.

    The residual rows are the sum of all commodities of the level that are not on the page, and the part of the total
    that is not broken down by commodity.

    ASSUMPTION: the requested commodities are of one level.
    """
    figures = Figures(scope, has_whole_levels=True, has_all_periods=False, has_all_areas=False)
    rows = figures_with_growth(requested_cells(figures, scope, use_key_order=False).subquery("cell"), scope, figures)
    return ranking_with_residual(
        _add_ranks(rows, scope=scope, figures=figures), scope, figures, page, commodity_breakdown(scope)
    )


def _add_ranks(rows: Query, *, scope: QueryScope, figures: Figures) -> Query:
    cell, total = figures.alias("ranked_commodity"), _ranking_totals(scope, figures)
    ranking = rank_query(
        cell,
        total=total,
        total_condition=matches_cell(total, cell, period=cell.c.period, commodity=scope.total_id),
        partition_by=[cell.c.flow, cell.c.partner_id, cell.c.period, *_level_partition(cell.c.commodity_id, scope)],
        conditions=[
            matches_any_key(cell.c.flow, scope.flows),
            matches_any_key(cell.c.partner_id, scope.partners),
            matches_any_key(cell.c.period, scope.published_periods_and_bases),
            matches_any_key_set(cell.c.commodity_id, scope.level_keys),
        ],
    )
    return query_with_ranks(rows, ranking, scope)


def _ranking_totals(scope: QueryScope, figures: Figures) -> FromClause:
    """Return the totals of all rankings, a few rows that are read once instead of once for each ranked figure."""
    table = figures.alias("ranking_total_figure")
    totals = select(table).where(
        matches_any_key(table.c.flow, scope.flows),
        matches_any_key(table.c.partner_id, scope.partners),
        table.c.commodity_id == scope.total_id,
        matches_any_key(table.c.period, scope.published_periods_and_bases),
    )
    return totals.offset(literal_column("0")).subquery("ranking_total")


def _level_partition(commodity: SqlExpression, scope: QueryScope) -> list[SqlExpression]:
    """Return an expression that numbers the requested levels; nothing where there is only one."""
    if len(scope.level_keys) < 2:
        return []
    return [case(*((matches_key_set(commodity, keys), number) for number, keys in enumerate(scope.level_keys)))]
