"""The query for a reporter's exports to the World by commodity."""

from sqlalchemy import and_, or_, select

from service.analytics.figures.source import Figures, matches_periods
from service.analytics.measures.observation_status import exact_value, is_whole
from service.analytics.scope import QueryScope
from service.analytics.sql.types import Query
from service.analytics.tables.balanced_panel import CELL_KEY_COLUMNS
from service.analytics.tables.paged_table import requested_commodity_ids
from service.domain.flows import FLOWS


def exports_to_world(scope: QueryScope) -> Query:
    """Select commodity_id, period, value, reported_value and months of the requested commodities and of the total.

    `value` is in units of the currency to which the scope converts, `reported_value` in units of the currency of the
    source. Both are sums of the months of a period. `value` is null where a part of the sum is unknown. `is_whole` says
    whether all parts are known. `months` is the number of months that the sum covers.
    """
    figures = Figures(scope, has_all_periods=False, has_all_areas=False)
    export, reported = figures.alias("export"), figures.unconverted_figures().alias("reported_export")
    has_same_key = and_(*(reported.c[name] == export.c[name] for name in CELL_KEY_COLUMNS))
    is_requested = or_(
        export.c.commodity_id == scope.total_id, export.c.commodity_id.in_(requested_commodity_ids(scope))
    )
    return (
        select(
            export.c.commodity_id,
            export.c.period,
            (exact_value(export.c.value, export.c.obs_status) * scope.unit_multiplier).label("value"),
            (reported.c.value * scope.unit_multiplier).label("reported_value"),
            is_whole(export.c.obs_status).label("is_whole"),
            export.c.months,
        )
        .join(reported, has_same_key)
        .where(
            export.c.flow == FLOWS["X"],
            export.c.partner_id == scope.world_id,
            is_requested,
            matches_periods(export.c.period, scope),
        )
        .order_by(export.c.period, export.c.commodity_id)
    )
