"""The table of figures with growth that flows, partners and commodities are read from."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import FromClause, select

from service.analytics.figures.source import Figures, within_periods
from service.analytics.measures.growth import in_units
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import in_set, one_of
from service.analytics.sql.keyset_pagination import Order, Page
from service.analytics.sql.types import Rows
from service.analytics.tables.cross_section import compared
from service.models import Commodity

KEY = ("period", "flow", "partner_id", "commodity_id")
KEY_ORDER = tuple(Order(column, key=True) for column in KEY)


def cells_asked(figures: Figures, scope: Scope, *, name: str = "cell", in_order: bool = True) -> Rows:
    """Select the figures of the flows, partners, commodities and periods that are asked for.

    `in_order` tells that they are read in the order of their key, a stretch at a time, rather than all looked up.
    """
    cell = figures.named(name)
    period = within_periods(cell.c.period, scope) if in_order else one_of(cell.c.period, scope.each_period)
    return select(cell).where(
        one_of(cell.c.flow, scope.flows),
        one_of(cell.c.partner_id, scope.partners),
        period,
        in_set(cell.c.commodity_id, scope.goods),
    )


def growth_table(
    cells: Rows, scope: Scope, figures: Figures, page: Page, *, further: Callable[[Rows], Rows] = lambda rows: rows
) -> Rows:
    """Select one page of `cells` with all that `compared` adds, and what `further` adds to that.

    In an order by what cells have, the page is cut first, and only its rows are compared; any other has to see all.
    What the page does not need is not looked up.
    """
    if not all(order.column in {*KEY, "value"} for order in page.orders):
        return page.of(further(compared(cells.subquery("cell"), scope, figures, needs=page.needs)))
    cut = _cut(cells.subquery("cell"), scope, page)
    in_stretches = _is_of_stretches(scope, figures, page)
    stays_in_order = not in_stretches and all(order.column in KEY for order in page.orders)
    rows = compared(
        cut.cte("cell_of_page") if in_stretches else cut.subquery("cell_of_page"),
        scope,
        figures,
        needs=page.needs,
        in_order=page.orders if stays_in_order else (),
        in_stretches=in_stretches,
    )
    return replace(page, after=None, limit=None).of(further(rows))


def _is_of_stretches(scope: Scope, figures: Figures, page: Page) -> bool:
    """Return whether a page is of a few partners, each with all the commodities between its first and its last."""
    in_order_of_key = tuple(order.column for order in page.orders) == KEY
    return figures.are_stored and len(scope.goods.ranges) == 1 and in_order_of_key and page.limit is not None


def _cut(cells: FromClause, scope: Scope, page: Page) -> Rows:
    """Select the cells of the page, which compares values in units of the currency as they are shown."""
    shown = select(cells, in_units(cells.c.value, scope.unit).label("shown"))
    orders = tuple(replace(order, column="shown") if order.column == "value" else order for order in page.orders)
    return replace(page, orders=orders, columns=None).of(shown)


def goods_asked(scope: Scope) -> Rows:
    """Select the keys of the commodities that are asked for."""
    of_classification = Commodity.classification_id == scope.classification_id
    return select(Commodity.id).where(of_classification, in_set(Commodity.id, scope.goods))
