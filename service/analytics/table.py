"""The table of figures with growth that flows, partners and commodities are read from."""

from sqlalchemy import select

from service.analytics.comparison import compared
from service.analytics.expressions import Expression, Rows
from service.analytics.figures import Figures, within_periods
from service.analytics.keys import one_of
from service.analytics.ordering import Order, Page
from service.analytics.scope import Scope
from service.models import Commodity

KEY = ("period", "flow", "partner_id", "commodity_id")
KEY_ORDER = tuple(Order(column, key=True) for column in KEY)


def cells_asked(figures: Figures, scope: Scope, *, name: str = "cell") -> Rows:
    """Select the figures of the flows, partners, commodities and periods that are asked for."""
    cell = figures.named(name)
    asked = select(cell).where(
        one_of(cell.c.flow, scope.flows),
        one_of(cell.c.partner_id, scope.partners),
        within_periods(cell.c.period, scope),
    )
    return asked.where(_is_asked_good(cell.c.commodity_id, scope))


def growth_table(cells: Rows, scope: Scope, figures: Figures, page: Page) -> Rows:
    """Select one page of `cells` with all that `compared` adds.

    In key order the page is cut first, and only its rows are compared; any other order has to see all.
    """
    if all(order.column in KEY for order in page.orders):
        cut = page.of(cells).subquery("cell_of_page")
        rows = compared(cut, scope, figures)
        return rows.order_by(*(cut.c[order.column] for order in page.orders))
    return page.of(compared(cells.subquery("cell"), scope, figures))


def goods_asked(scope: Scope) -> Rows:
    """Select the keys of the commodities that are asked for: those named, or those of the levels."""
    goods = select(Commodity.id).where(Commodity.classification_id == scope.classification_id)
    if scope.commodities is not None:
        return goods.where(one_of(Commodity.id, scope.commodities))
    return goods.where(Commodity.level > 0 if scope.levels is None else one_of(Commodity.level, scope.levels))


def _is_asked_good(commodity_id: Expression, scope: Scope) -> Expression:
    if scope.commodities is None:
        return commodity_id.in_(goods_asked(scope))
    return one_of(commodity_id, scope.commodities)
