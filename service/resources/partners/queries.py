"""Queries for the ranking of a reporter's partners."""

from functools import partial

from sqlalchemy import FromClause, literal_column, select

from service.analytics.figures.source import Figures
from service.analytics.measures.ranking import RANK_COLUMNS, query_with_ranks, rank_query
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_key_set
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.analytics.tables.base_joins import matches_cell
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.paged_table import growth_table, requested_cells
from service.analytics.tables.residual_figures import partner_breakdown
from service.analytics.tables.residual_rows import ranking_with_residual


def partner_ranking(scope: QueryScope, page: Page) -> Query:
    """Select one page of partners with growth, share, contribution, and their rank among all single areas."""
    has_ranks = page.includes(*RANK_COLUMNS)
    figures = Figures(scope, has_all_periods=False, has_all_areas=False, has_ranked_areas=has_ranks)
    cells = requested_cells(figures, scope, use_key_order=False)
    if not has_ranks:
        return growth_table(cells, scope, figures, page)
    return growth_table(cells, scope, figures, page, add_columns=partial(_add_ranks, scope=scope, figures=figures))


def partners_with_residual(scope: QueryScope, page: Page) -> Query:
    """Select the first partners of a period, followed by the residual rows.

    The residual rows are the sum of all partners that are not on the page, and the part of the World's trade that is
    not broken down by partner.
    """
    figures = Figures(scope, has_all_periods=False)
    rows = figures_with_growth(requested_cells(figures, scope, use_key_order=False).subquery("cell"), scope, figures)
    return ranking_with_residual(
        _add_ranks(rows, scope=scope, figures=figures), scope, figures, page, partner_breakdown(scope)
    )


def _add_ranks(rows: Query, *, scope: QueryScope, figures: Figures) -> Query:
    cell, total = figures.alias("ranked_partner"), _ranking_totals(scope, figures)
    ranking = rank_query(
        cell,
        total=total,
        total_condition=matches_cell(total, cell, period=cell.c.period, partner=scope.world_id),
        partition_by=[cell.c.flow, cell.c.commodity_id, cell.c.period],
        conditions=[
            matches_any_key(cell.c.flow, scope.flows),
            matches_key_set(cell.c.commodity_id, scope.commodity_keys),
            matches_any_key(cell.c.partner_id, scope.individual_areas),
            matches_any_key(cell.c.period, scope.published_periods_and_bases),
        ],
    )
    return query_with_ranks(rows, ranking, scope)


def _ranking_totals(scope: QueryScope, figures: Figures) -> FromClause:
    """Return the totals of all rankings, a few rows that are read once instead of once for each ranked figure."""
    table = figures.alias("ranking_total_figure")
    totals = select(table).where(
        matches_any_key(table.c.flow, scope.flows),
        table.c.partner_id == scope.world_id,
        matches_key_set(table.c.commodity_id, scope.commodity_keys),
        matches_any_key(table.c.period, scope.published_periods_and_bases),
    )
    return totals.offset(literal_column("0")).subquery("ranking_total")
