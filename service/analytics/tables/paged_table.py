"""The table of figures with growth that flows, partners and commodities are read from."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import FromClause, select

from service.analytics.figures.source import Figures, matches_periods
from service.analytics.measures.growth import currency_amount
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_key_set
from service.analytics.sql.keyset_pagination import Order, Page
from service.analytics.sql.types import Query
from service.analytics.tables.cross_section import figures_with_growth
from service.models import Commodity

PAGE_KEY_COLUMNS = ("period", "flow", "partner_id", "commodity_id")
PAGE_KEY_ORDER = tuple(Order(column, is_not_null=True) for column in PAGE_KEY_COLUMNS)


def requested_cells(figures: Figures, scope: QueryScope, *, name: str = "cell", use_key_order: bool = True) -> Query:
    """Select the figures of the flows, partners, commodities and periods that are asked for.

    `in_order` tells that they are read in the order of their key, a stretch at a time, rather than all looked up.
    """
    cell = figures.alias(name)
    period = (
        matches_periods(cell.c.period, scope)
        if use_key_order
        else matches_any_key(cell.c.period, scope.published_periods)
    )
    return select(cell).where(
        matches_any_key(cell.c.flow, scope.flows),
        matches_any_key(cell.c.partner_id, scope.partners),
        period,
        matches_key_set(cell.c.commodity_id, scope.commodity_keys),
    )


def growth_table(
    cells: Query,
    scope: QueryScope,
    figures: Figures,
    page: Page,
    *,
    add_columns: Callable[[Query], Query] = lambda rows: rows,
) -> Query:
    """Select one page of `cells` with all that `compared` adds, and what `further` adds to that.

    In an order by what cells have, the page is cut first, and only its rows are compared; any other has to see all.
    What the page does not need is not looked up.
    """
    if not all(order.column in {*PAGE_KEY_COLUMNS, "value"} for order in page.orders):
        return page.apply(
            add_columns(figures_with_growth(cells.subquery("cell"), scope, figures, is_needed=page.includes))
        )
    cut = _page_cells(cells.subquery("cell"), scope, page)
    in_stretches = _uses_range_scan(scope, figures, page)
    stays_in_order = not in_stretches and all(order.column in PAGE_KEY_COLUMNS for order in page.orders)
    rows = figures_with_growth(
        cut.cte("cell_of_page") if in_stretches else cut.subquery("cell_of_page"),
        scope,
        figures,
        is_needed=page.includes,
        existing_order=page.orders if stays_in_order else (),
        use_range_scan=in_stretches,
    )
    return replace(page, cursor_values=None, limit=None).apply(add_columns(rows))


def _uses_range_scan(scope: QueryScope, figures: Figures, page: Page) -> bool:
    """Return whether a page is of a few partners, each with all the commodities between its first and its last."""
    in_order_of_key = tuple(order.column for order in page.orders) == PAGE_KEY_COLUMNS
    return figures.is_raw and len(scope.commodity_keys.ranges) == 1 and in_order_of_key and page.limit is not None


def _page_cells(cells: FromClause, scope: QueryScope, page: Page) -> Query:
    """Select the cells of the page, which compares values in units of the currency as they are shown."""
    shown = select(cells, currency_amount(cells.c.value, scope.unit_multiplier).label("shown"))
    orders = tuple(replace(order, column="shown") if order.column == "value" else order for order in page.orders)
    return replace(page, orders=orders, columns=None).apply(shown)


def requested_commodity_ids(scope: QueryScope) -> Query:
    """Select the keys of the commodities that are asked for."""
    of_classification = Commodity.classification_id == scope.classification_id
    return select(Commodity.id).where(of_classification, matches_key_set(Commodity.id, scope.commodity_keys))
