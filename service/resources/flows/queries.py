"""The table of figures."""

from service.analytics.figures.source import Figures
from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Rows
from service.analytics.tables.paged_table import cells_asked, growth_table


def flow_table(scope: Scope, page: Page) -> Rows:
    """Select one page of the figures that are asked for, with growth, share and contribution."""
    figures = Figures(scope)
    return growth_table(cells_asked(figures, scope), scope, figures, page)
