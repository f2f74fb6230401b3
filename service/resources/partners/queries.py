"""A reporter's partners, ranked."""

from functools import partial

from service.analytics.figures.source import Figures
from service.analytics.measures.ranking import PLACES, ranked, ranks
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import in_set, one_of
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Rows
from service.analytics.tables.cross_section import compared
from service.analytics.tables.paged_table import cells_asked, growth_table
from service.analytics.tables.residual_figures import by_partner
from service.analytics.tables.residual_rows import with_rest


def partner_ranking(scope: Scope, page: Page) -> Rows:
    """Select one page of partners with growth, share, contribution, and their place among all single areas."""
    figures = Figures(scope)
    cells = cells_asked(figures, scope, in_order=False)
    if not page.needs(*PLACES):
        return growth_table(cells, scope, figures, page)
    return growth_table(cells, scope, figures, page, further=partial(_with_places, scope=scope, figures=figures))


def partners_with_rest(scope: Scope, page: Page) -> Rows:
    """Select the first partners of a period, and after them all others and what no partner accounts for."""
    figures = Figures(scope)
    rows = compared(cells_asked(figures, scope, in_order=False).subquery("cell"), scope, figures)
    return with_rest(_with_places(rows, scope=scope, figures=figures), scope, figures, page, by_partner(scope))


def _with_places(rows: Rows, *, scope: Scope, figures: Figures) -> Rows:
    cell = figures.named("ranked_partner")
    ranking = ranks(
        cell,
        among=[cell.c.flow, cell.c.commodity_id, cell.c.period],
        where=[
            one_of(cell.c.flow, scope.flows),
            in_set(cell.c.commodity_id, scope.goods),
            one_of(cell.c.partner_id, scope.single_areas),
            one_of(cell.c.period, scope.each_period_and_base),
        ],
    )
    return ranked(rows, ranking)
