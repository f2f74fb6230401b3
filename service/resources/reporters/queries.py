"""The query for the newest totals of a dataset."""

from service.analytics.figures.source import Figures
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.analytics.tables.paged_table import PAGE_KEY_ORDER, growth_table, requested_cells

TOTALS_PAGE = Page(orders=PAGE_KEY_ORDER, columns=frozenset({"value", "yoy_pct", "yoy_status"}))
"""All rows of a period, with the columns of the totals."""


def newest_totals(scope: QueryScope, page: Page) -> Query:
    """Select total exports and imports of the newest period, with their growth."""
    figures = Figures(scope)
    return growth_table(requested_cells(figures, scope), scope, figures, page)
