"""Table of figures with growth, one page at a time: the rows of flows, partners and commodities."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import FromClause, or_, select

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
    """Select the figures of the requested flows, partners, commodities and periods.

    With `use_key_order` periods are selected by range, which suits a query that reads an index in the order of
    PAGE_KEY_COLUMNS. Without it they are selected by a list, which suits a query that looks up each of the figures.
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
    """Select one page of `cells` with the columns of `figures_with_growth`, and those that `add_columns` adds.

    If the page is ordered by columns of `cells` only, growth is computed for the rows of the page alone; any other
    order needs it for all cells. Columns that the page does not need are not computed.
    """
    if not all(order.column in {*PAGE_KEY_COLUMNS, "value"} for order in page.orders):
        return page.apply(
            add_columns(figures_with_growth(cells.subquery("cell"), scope, figures, is_needed=page.includes))
        )
    page_cells = _page_cells(cells.subquery("cell"), scope, page)
    use_range_scan = _uses_range_scan(scope, figures, page)
    keeps_order = not use_range_scan and all(order.column in PAGE_KEY_COLUMNS for order in page.orders)
    rows = figures_with_growth(
        page_cells.cte("page_cell") if use_range_scan else page_cells.subquery("page_cell"),
        scope,
        figures,
        is_needed=page.includes,
        existing_order=page.orders if keeps_order else (),
        use_range_scan=use_range_scan,
    )
    return replace(page, cursor_values=None, limit=None).apply(add_columns(rows))


def _uses_range_scan(scope: QueryScope, figures: Figures, page: Page) -> bool:
    """Return whether a page holds few partners, each with all commodities from its first to its last."""
    has_key_order = tuple(order.column for order in page.orders) == PAGE_KEY_COLUMNS
    return figures.is_raw and len(scope.commodity_keys.ranges) == 1 and has_key_order and page.limit is not None


def _page_cells(cells: FromClause, scope: QueryScope, page: Page) -> Query:
    """Select the cells of the page, ordered by value in units of the currency, which cursors hold."""
    cells_in_currency = select(cells, currency_amount(cells.c.value, scope.unit_multiplier).label("currency_value"))
    orders = tuple(
        replace(order, column="currency_value") if order.column == "value" else order for order in page.orders
    )
    return replace(page, orders=orders, columns=None).apply(cells_in_currency)


def requested_commodity_ids(scope: QueryScope) -> Query:
    """Select the keys of the requested commodities."""
    classification_ids = (scope.classification_id,) if scope.editions is None else scope.editions.classification_ids
    is_in_classification = or_(*(Commodity.classification_id == key for key in classification_ids))
    return select(Commodity.id).where(is_in_classification, matches_key_set(Commodity.id, scope.commodity_keys))
