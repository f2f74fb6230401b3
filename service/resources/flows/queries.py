"""The query for the table of figures."""

from service.analytics.figures.source import Figures
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.analytics.tables.paged_table import growth_table, requested_cells


def flow_table(scope: QueryScope, page: Page) -> Query:
    """Select one page of the requested figures, with growth, share and contribution."""
    figures = Figures(scope, has_all_periods=False, has_all_areas=False)
    return growth_table(requested_cells(figures, scope), scope, figures, page)
