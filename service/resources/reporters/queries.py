"""What is loaded of each reporter."""

from service.analytics.figures.source import Figures
from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Rows
from service.analytics.tables.paged_table import KEY_ORDER, cells_asked, growth_table

TOTALS = Page(orders=KEY_ORDER, columns=frozenset({"value", "yoy_pct", "yoy_status"}))
"""Columns of the totals of a period, in all of its rows."""


def newest_totals(scope: Scope, page: Page) -> Rows:
    """Select total exports and imports of the newest period, with their growth."""
    figures = Figures(scope)
    return growth_table(cells_asked(figures, scope), scope, figures, page)
