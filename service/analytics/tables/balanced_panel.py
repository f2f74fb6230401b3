"""Figures of keys that are given, whether or not there is a figure: zeros and gaps shown."""

from sqlalchemy import CTE, FromClause, Integer, SmallInteger, case, cast, func, literal, not_, select

from service.analytics.figures.source import COLUMNS, Figures, months_published
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import array_of, one_of, only_one
from service.analytics.sql.types import Expression, Rows
from service.analytics.tables.base_joins import same_cell
from service.analytics.tables.paged_table import goods_asked

KEY = ("flow", "partner_id", "commodity_id", "period")


def series_asked(scope: Scope) -> Rows:
    """Select flow, partner_id and commodity_id of each series that is asked for, whether or not it has figures."""
    if scope.is_one_series:
        flow, partner = only_one(scope.flows, SmallInteger), only_one(scope.partners, SmallInteger)
        return select(
            flow.label("flow"), partner.label("partner_id"), only_one(scope.goods, Integer).label("commodity_id")
        )
    flows, partners = _listed("flow", scope.flows), _listed("partner_id", scope.partners)
    goods = goods_asked(scope).subquery("good")
    all_pairs = flows.join(partners, literal(True)).join(goods, literal(True))
    columns = flows.c.flow, partners.c.partner_id, goods.c.id.label("commodity_id")
    return select(*columns).select_from(all_pairs)


def every_period(series: FromClause, scope: Scope, first: int, last: int) -> FromClause:
    """Return the rows of `series`, each with every `period` from `first` to `last`, both inclusive."""
    number = (
        func.generate_series(cast(first, Integer), cast(last, Integer), scope.step)
        .table_valued("number")
        .render_derived(name="every")
    )
    period = cast(number.c.number, SmallInteger).label("period")
    return select(series, period).select_from(series.join(number, literal(True))).subquery("grid")


def cells_of(grid: FromClause, scope: Scope, figures: Figures, *, name: str) -> CTE:
    """Return the rows of `grid`, which has the columns of KEY, each with the columns of its figure.

    The value is 0 where an exhaustive dataset that was published for the period has none, else null.
    """
    figure, published = figures.named(f"{name}_figure"), months_published(scope, grid.c.flow, grid.c.period)
    no_trade = figure.c.obs_status.is_(None) & published.is_not(None) & is_covered(grid.c.commodity_id, scope)
    carried = [figure.c[name] for name in (*COLUMNS, "months", "members") if name not in {*KEY, "value"}]
    return (
        select(*grid.c, case((no_trade, 0), else_=figure.c.value).label("value"), *carried)
        .select_from(grid.outerjoin(figure, same_cell(figure, grid, period=grid.c.period)))
        .cte(name)
    )


def is_covered(commodity: Expression, scope: Scope) -> Expression:
    """Return whether what the dataset does not print of a commodity was not traded, rather than is not known."""
    covered = literal(scope.exhaustive)
    return covered & not_(one_of(commodity, scope.uncovered)) if scope.has_uncovered else covered


def _listed(name: str, keys: tuple[int, ...]) -> FromClause:
    key = func.unnest(array_of(keys, SmallInteger), type_=SmallInteger)
    return select(key.label(name)).subquery(f"asked_{name}")
