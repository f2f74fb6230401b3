"""A reporter's commodities, ranked."""

from sqlalchemy import or_

from service.analytics.comparison import compared
from service.analytics.expressions import Rows
from service.analytics.figures import Figures, within_periods
from service.analytics.keys import one_of
from service.analytics.ordering import Page
from service.analytics.ranking import ranked, ranks
from service.analytics.rest import with_rest
from service.analytics.rest_figures import by_commodity
from service.analytics.scope import YEAR, Scope
from service.analytics.table import cells_asked
from service.models import Commodity


def commodity_ranking(scope: Scope, page: Page) -> Rows:
    """Select one page of commodities with growth, share, contribution, and their place within their level."""
    return page.of(_ranked_commodities(scope, Figures(scope)))


def commodities_with_rest(scope: Scope, page: Page, *, level: int) -> Rows:
    """Select the first commodities of a period, and after them all others of `level` and what none accounts for."""
    figures = Figures(scope)
    return with_rest(_ranked_commodities(scope, figures), scope, figures, page, by_commodity(scope, level=level))


def _ranked_commodities(scope: Scope, figures: Figures) -> Rows:
    rows = compared(cells_asked(figures, scope).subquery("cell"), scope, figures)
    cell = figures.named("ranked_commodity")
    good = Commodity.__table__.alias("ranked_good")
    ranking = ranks(
        cell,
        beside=cell.join(good, good.c.id == cell.c.commodity_id),
        among=[cell.c.flow, cell.c.partner_id, cell.c.period, good.c.level],
        where=[
            one_of(cell.c.flow, scope.flows),
            one_of(cell.c.partner_id, scope.partners),
            or_(within_periods(cell.c.period, scope), within_periods(cell.c.period + YEAR, scope)),
        ],
    )
    return ranked(rows, ranking)
