"""What is loaded of each reporter."""

from service.analytics.expressions import Rows
from service.analytics.figures import Figures
from service.analytics.ordering import Page
from service.analytics.scope import Scope
from service.analytics.table import KEY_ORDER, cells_asked, growth_table


def newest_totals(scope: Scope) -> Rows:
    """Select total exports and imports of the newest period, with their growth."""
    figures = Figures(scope)
    return growth_table(cells_asked(figures, scope), scope, figures, Page(orders=KEY_ORDER))
