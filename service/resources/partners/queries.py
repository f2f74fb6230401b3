"""A reporter's partners, ranked."""

from sqlalchemy import or_

from service.analytics.comparison import compared
from service.analytics.expressions import Rows
from service.analytics.figures import Figures, within_periods
from service.analytics.keys import one_of
from service.analytics.ordering import Page
from service.analytics.ranking import ranked, ranks
from service.analytics.rest import with_rest
from service.analytics.rest_figures import by_partner
from service.analytics.scope import YEAR, Scope
from service.analytics.table import cells_asked, goods_asked


def partner_ranking(scope: Scope, page: Page) -> Rows:
    """Select one page of partners with growth, share, contribution, and their place among all single areas."""
    return page.of(_ranked_partners(scope, Figures(scope)))


def partners_with_rest(scope: Scope, page: Page) -> Rows:
    """Select the first partners of a period, and after them all others and what no partner accounts for."""
    figures = Figures(scope)
    return with_rest(_ranked_partners(scope, figures), scope, figures, page, by_partner(scope))


def _ranked_partners(scope: Scope, figures: Figures) -> Rows:
    rows = compared(cells_asked(figures, scope).subquery("cell"), scope, figures)
    cell = figures.named("ranked_partner")
    ranking = ranks(
        cell,
        among=[cell.c.flow, cell.c.commodity_id, cell.c.period],
        where=[
            one_of(cell.c.flow, scope.flows),
            cell.c.commodity_id.in_(goods_asked(scope)),
            one_of(cell.c.partner_id, scope.single_areas),
            or_(within_periods(cell.c.period, scope), within_periods(cell.c.period + YEAR, scope)),
        ],
    )
    return ranked(rows, ranking)
