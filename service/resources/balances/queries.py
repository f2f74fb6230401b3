"""Balances: both flows side by side."""

from sqlalchemy import FromClause, SmallInteger, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.source import Figures, within_periods
from service.analytics.measures.balance import balance_status, cover_ratio_pct, magnitude_pct, transition
from service.analytics.measures.growth import complete_growth_pct
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import one_of
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Expression, Rows
from service.analytics.tables.balanced_panel import cells_of
from service.analytics.tables.cross_section import compared
from service.analytics.tables.paged_table import cells_asked
from service.analytics.tables.residual_figures import Breakdown, FiguresAndRest, first_of_each, rest_figures
from service.analytics.tables.residual_rows import shown_and_rest
from service.domain.flows import FLOWS

SIDES = {"exports": FLOWS["X"], "imports": FLOWS["M"]}
KEY = ("period", "partner_id", "commodity_id")
SIDE_COLUMNS = ("value", "yoy_base", "yoy_pct", "yoy_status", "obs_status", "release_id", "members")


def balance_table(scope: Scope, page: Page) -> Rows:
    """Select one page of balances: exports, imports, their difference, and how it moved over the year before.

    A row for each partner, commodity and period of which there is a figure of either flow.
    """
    return page.of(_ranked_balances(scope, Figures(scope)))


def balances_with_rest(scope: Scope, page: Page, *, breakdown: Breakdown) -> Rows:
    """Select the first balances of a period, and after them that of all other parts and of what no part covers."""
    figures = Figures(scope)
    shown = first_of_each(_ranked_balances(scope, figures), page, breakdown).cte("shown")
    flow = func.unnest(cast(list(SIDES.values()), ARRAY(SmallInteger)), type_=SmallInteger)
    of_each_flow = select(*(shown.c[name] for name in (*KEY, "position")), flow.label("flow")).cte("shown_of_flow")
    rest = rest_figures(of_each_flow, scope, figures, breakdown)
    key = select(*(rest.c[name] for name in KEY)).where(within_periods(rest.c.period, scope)).distinct()
    balances = _balances(key.cte("rest_key"), scope, FiguresAndRest(figures, rest), name="rest")
    row = shown_and_rest(shown, balances.subquery("rest_balance"), breakdown)
    return select(row).order_by(row.c.period, row.c[breakdown.beside], row.c.after, row.c.position)


def _ranked_balances(scope: Scope, figures: Figures) -> Rows:
    either = cells_asked(figures, scope).subquery("either")
    key = select(*(either.c[name] for name in KEY)).distinct().cte("key")
    row = _balances(key, scope, figures, name="asked").subquery("balanced")
    places = _places(scope, figures)
    same = and_(*(places.c[name] == row.c[name] for name in KEY))
    return select(row, places.c.rank).select_from(row.outerjoin(places, same))


def _balances(key: FromClause, scope: Scope, figures: Figures, *, name: str) -> Rows:
    """Select a balance for each row of `key`."""
    exports, imports = (_side(key, scope, figures, side=side, name=f"{name}_{side}") for side in SIDES)
    both = exports.join(imports, and_(*(exports.c[name] == imports.c[name] for name in KEY)))
    columns = [imports.c[name].label(f"imports_{name}") for name in SIDE_COLUMNS]
    columns += [exports.c[name].label(f"exports_{name}") for name in SIDE_COLUMNS]
    months = func.least(exports.c.months, imports.c.months).label("months")
    own = [exports.c[name] for name in (*KEY, "yoy_base_period")]
    pair = select(*own, months, *columns).select_from(both).subquery(f"{name}_pair")
    return select(*pair.c, *_balance_columns(pair))


def _side(key: FromClause, scope: Scope, figures: Figures, *, side: str, name: str) -> FromClause:
    grid = select(cast(literal(SIDES[side]), SmallInteger).label("flow"), *key.c).subquery(f"{name}_grid")
    cells = cells_of(grid, scope, figures, name=f"{name}_cell")
    return compared(cells, scope, figures).subquery(name)


def _balance_columns(pair: FromClause) -> list[Expression]:
    exports, imports = pair.c.exports_value, pair.c.imports_value
    base_exports, base_imports = pair.c.exports_yoy_base, pair.c.imports_yoy_base
    status = balance_status(pair.c.exports_yoy_status, pair.c.imports_yoy_status)
    balance, base = exports - imports, case((status == "ok", base_exports - base_imports))
    both = exports + imports
    return [
        balance.label("balance"),
        (base_exports - base_imports).label("balance_base"),
        (balance - base).label("balance_change"),
        magnitude_pct(balance, base=base).label("balance_magnitude_pct"),
        transition(balance, base=base).label("balance_transition"),
        status.label("balance_status"),
        cover_ratio_pct(exports, imports=imports).label("cover_ratio_pct"),
        both.label("two_way_value"),
        complete_growth_pct(both, base=case((status == "ok", base_exports + base_imports))).label("two_way_yoy_pct"),
    ]


def _places(scope: Scope, figures: Figures) -> FromClause:
    """Return partner, commodity, period and place by balance among all single areas, 1 for the largest surplus."""
    cell = figures.named("placed")
    signed = case((cell.c.flow == SIDES["exports"], cell.c.value), else_=-cell.c.value)
    key = [cell.c[name] for name in KEY]
    sums = (
        select(*key, func.sum(signed).label("balance"))
        .where(one_of(cell.c.flow, tuple(SIDES.values())), one_of(cell.c.partner_id, scope.single_areas))
        .group_by(*key)
        .having(func.count(cell.c.value) == (func.count() if scope.exhaustive else len(SIDES)))
        .subquery("balance_of_partner")
    )
    together = [sums.c.period, sums.c.commodity_id]
    place = func.rank().over(partition_by=together, order_by=sums.c.balance.desc())
    return select(*(sums.c[name] for name in KEY), place.label("rank")).subquery("place")
