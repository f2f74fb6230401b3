"""What a reporter exports to the World, good by good."""

from sqlalchemy import and_, or_, select

from service.analytics.figures.source import Figures, within_periods
from service.analytics.scope import Scope
from service.analytics.sql.types import Rows
from service.analytics.tables.balanced_panel import KEY
from service.analytics.tables.paged_table import goods_asked
from service.domain.flows import FLOWS


def exports_to_the_world(scope: Scope) -> Rows:
    """Select commodity_id, period, value, reported and months of each figure of the goods asked for, and of all goods.

    `value` is in units of the currency of the scope's conversion, `reported` in that of the source; `months` is how
    many months of the period the figure covers.
    """
    figures = Figures(scope)
    export, reported = figures.named("export"), figures.reported().named("reported_export")
    same = and_(*(reported.c[name] == export.c[name] for name in KEY))
    good = or_(export.c.commodity_id == scope.total_id, export.c.commodity_id.in_(goods_asked(scope)))
    return (
        select(
            export.c.commodity_id,
            export.c.period,
            (export.c.value * scope.unit).label("value"),
            (reported.c.value * scope.unit).label("reported"),
            export.c.months,
        )
        .join(reported, same)
        .where(
            export.c.flow == FLOWS["X"],
            export.c.partner_id == scope.world_id,
            good,
            within_periods(export.c.period, scope),
        )
        .order_by(export.c.period, export.c.commodity_id)
    )
