"""Balances: both flows side by side."""

from sqlalchemy import FromClause, SmallInteger, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.source import MEMBER_COLUMNS, Figures, matches_periods
from service.analytics.measures.balance import balance_status, cover_ratio_pct, magnitude_pct, transition
from service.analytics.measures.growth import complete_growth_pct
from service.analytics.measures.growth_columns import UNCONVERTED_COLUMN
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.balanced_panel import panel_cells
from service.analytics.tables.cross_section import figures_with_growth
from service.analytics.tables.paged_table import requested_cells
from service.analytics.tables.residual_figures import Breakdown, FiguresWithResidual, residual_figures, top_n_per_group
from service.analytics.tables.residual_rows import top_and_residual_rows
from service.domain.flows import FLOWS

SIDE_FLOW_IDS = {"exports": FLOWS["X"], "imports": FLOWS["M"]}
BALANCE_KEY = ("period", "partner_id", "commodity_id")
SIDE_COLUMNS = ("value", "yoy_base", "yoy_pct", "yoy_status", "obs_status", "release_id", *MEMBER_COLUMNS)
UNCONVERTED_COLUMNS = (UNCONVERTED_COLUMN, f"yoy_base_{UNCONVERTED_COLUMN}")


def balance_table(scope: QueryScope, page: Page) -> Query:
    """Select one page of balances: exports, imports, their difference, and how it moved over the year before.

    A row for each partner, commodity and period of which there is a figure of either flow.
    """
    return page.apply(_ranked_balances(scope, Figures(scope)))


def balances_with_residual(scope: QueryScope, page: Page, *, breakdown: Breakdown) -> Query:
    """Select the first balances of a period, and after them that of all other parts and of what no part covers."""
    figures = Figures(scope)
    shown = top_n_per_group(_ranked_balances(scope, figures), page, breakdown).cte("shown")
    flow = func.unnest(cast(list(SIDE_FLOW_IDS.values()), ARRAY(SmallInteger)), type_=SmallInteger)
    of_each_flow = select(*(shown.c[name] for name in (*BALANCE_KEY, "position")), flow.label("flow")).cte(
        "shown_of_flow"
    )
    rest = residual_figures(of_each_flow, scope, figures, breakdown)
    key = select(*(rest.c[name] for name in BALANCE_KEY)).where(matches_periods(rest.c.period, scope)).distinct()
    balances = _balances(key.cte("rest_key"), scope, FiguresWithResidual(figures, rest), name="rest")
    row = top_and_residual_rows(shown, balances.subquery("rest_balance"), breakdown)
    return select(row).order_by(row.c.period, row.c[breakdown.fixed_dimension], row.c.is_residual, row.c.position)


def _ranked_balances(scope: QueryScope, figures: Figures) -> Query:
    either = requested_cells(figures, scope).subquery("either")
    key = select(*(either.c[name] for name in BALANCE_KEY)).distinct().cte("key")
    row = _balances(key, scope, figures, name="asked").subquery("balanced")
    places = _balance_ranks(scope, figures)
    same = and_(*(places.c[name] == row.c[name] for name in BALANCE_KEY))
    return select(row, places.c.rank).select_from(row.outerjoin(places, same))


def _balances(key: FromClause, scope: QueryScope, figures: Figures, *, name: str) -> Query:
    """Select a balance for each row of `key`."""
    exports, imports = (_side_figures(key, scope, figures, side=side, name=f"{name}_{side}") for side in SIDE_FLOW_IDS)
    both = exports.join(imports, and_(*(exports.c[name] == imports.c[name] for name in BALANCE_KEY)))
    side_columns = [*SIDE_COLUMNS, *(name for name in UNCONVERTED_COLUMNS if name in exports.c)]
    columns = [imports.c[name].label(f"imports_{name}") for name in side_columns]
    columns += [exports.c[name].label(f"exports_{name}") for name in side_columns]
    months = func.least(exports.c.months, imports.c.months).label("months")
    own = [exports.c[name] for name in (*BALANCE_KEY, "yoy_base_period")]
    pair = select(*own, months, *columns).select_from(both).subquery(f"{name}_pair")
    return select(*pair.c, *_balance_columns(pair))


def _side_figures(key: FromClause, scope: QueryScope, figures: Figures, *, side: str, name: str) -> FromClause:
    grid = select(cast(literal(SIDE_FLOW_IDS[side]), SmallInteger).label("flow"), *key.c).subquery(f"{name}_grid")
    cells = panel_cells(grid, scope, figures, name=f"{name}_cell")
    return figures_with_growth(cells, scope, figures).subquery(name)


def _balance_columns(pair: FromClause) -> list[SqlExpression]:
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


def _balance_ranks(scope: QueryScope, figures: Figures) -> FromClause:
    """Return partner, commodity, period and place by balance among all single areas, 1 for the largest surplus."""
    cell = figures.alias("placed")
    signed = case((cell.c.flow == SIDE_FLOW_IDS["exports"], cell.c.value), else_=-cell.c.value)
    key = [cell.c[name] for name in BALANCE_KEY]
    sums = (
        select(*key, func.sum(signed).label("balance"))
        .where(
            matches_any_key(cell.c.flow, tuple(SIDE_FLOW_IDS.values())),
            matches_any_key(cell.c.partner_id, scope.individual_areas),
        )
        .group_by(*key)
        .having(func.count(cell.c.value) == (func.count() if scope.exhaustive else len(SIDE_FLOW_IDS)))
        .subquery("balance_of_partner")
    )
    together = [sums.c.period, sums.c.commodity_id]
    place = func.rank().over(partition_by=together, order_by=sums.c.balance.desc())
    return select(*(sums.c[name] for name in BALANCE_KEY), place.label("rank")).subquery("place")
