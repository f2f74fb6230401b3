"""A reporter's commodities, ranked."""

from functools import partial

from sqlalchemy import case

from service.analytics.figures.source import Figures
from service.analytics.measures.ranking import PLACES, ranked, ranks
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import in_any, in_set, one_of
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Expression, Rows
from service.analytics.tables.cross_section import compared
from service.analytics.tables.paged_table import cells_asked, growth_table
from service.analytics.tables.residual_figures import by_commodity
from service.analytics.tables.residual_rows import with_rest


def commodity_ranking(scope: Scope, page: Page) -> Rows:
    """Select one page of commodities with growth, share, contribution, and their place within their level."""
    figures = Figures(scope)
    cells = cells_asked(figures, scope, in_order=False)
    if not page.needs(*PLACES):
        return growth_table(cells, scope, figures, page)
    return growth_table(cells, scope, figures, page, further=partial(_with_places, scope=scope, figures=figures))


def commodities_with_rest(scope: Scope, page: Page) -> Rows:
    """Select the first commodities of a period, and after them all others of their level and what none accounts for.

    ASSUMPTION: those asked for are of one level.
    """
    figures = Figures(scope)
    rows = compared(cells_asked(figures, scope, in_order=False).subquery("cell"), scope, figures)
    return with_rest(_with_places(rows, scope=scope, figures=figures), scope, figures, page, by_commodity(scope))


def _with_places(rows: Rows, *, scope: Scope, figures: Figures) -> Rows:
    cell = figures.named("ranked_commodity")
    ranking = ranks(
        cell,
        among=[cell.c.flow, cell.c.partner_id, cell.c.period, *_level(cell.c.commodity_id, scope)],
        where=[
            one_of(cell.c.flow, scope.flows),
            one_of(cell.c.partner_id, scope.partners),
            one_of(cell.c.period, scope.each_period_and_base),
            in_any(cell.c.commodity_id, scope.peers),
        ],
    )
    return ranked(rows, ranking)


def _level(commodity: Expression, scope: Scope) -> list[Expression]:
    """Return what tells the levels asked for apart; nothing where there is one."""
    if len(scope.peers) < 2:
        return []
    return [case(*((in_set(commodity, of_level), number) for number, of_level in enumerate(scope.peers)))]
