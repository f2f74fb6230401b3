"""Queries for balances: exports and imports in one row."""

from dataclasses import replace

from sqlalchemy import CTE, FromClause, SmallInteger, and_, case, cast, func, literal, not_, select, union
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.edition_conditions import has_different_commodities
from service.analytics.figures.source import MEMBER_COLUMNS, Figures, matches_periods, published_months
from service.analytics.measures.balance import balance_status, cover_ratio_pct, magnitude_pct, transition
from service.analytics.measures.growth import complete_growth_pct
from service.analytics.measures.growth_columns import UNCONVERTED_COLUMN
from service.analytics.measures.observation_status import exact_value
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key, matches_key_set
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.balanced_panel import panel_cells
from service.analytics.tables.base_joins import has_cell
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
    """Select one page of balances: exports, imports, their difference, and its change from a year earlier.

    A row for each partner, commodity and period with a figure of either flow.
    """
    figures = Figures(scope, has_all_periods=False, has_all_areas=False, has_ranked_areas=True)
    if not {order.column for order in page.orders} <= set(BALANCE_KEY):
        return page.apply(_ranked_balances(_requested_keys(scope, figures), scope, figures, page))
    keys = _page_keys(scope, figures, page).cte("balance_key")
    return replace(page, cursor_values=None, limit=None).apply(_ranked_balances(keys, scope, figures, page))


def balances_with_residual(scope: QueryScope, page: Page, *, breakdown: Breakdown) -> Query:
    """Select the first balances of a period, followed by the residual rows.

    `breakdown` says whether the rows are partners or commodities. The residual rows are the balance of all partners or
    commodities that are not on the page, and the part of the total balance that is not broken down by them.
    """
    figures = Figures(scope, has_whole_levels=True, has_all_periods=False)
    balances = _ranked_balances(_requested_keys(scope, figures), scope, figures, page)
    top_balances = top_n_per_group(balances, page, breakdown).cte("top_balance")
    flow = func.unnest(cast(list(SIDE_FLOW_IDS.values()), ARRAY(SmallInteger)), type_=SmallInteger)
    top_cells = select(*(top_balances.c[name] for name in (*BALANCE_KEY, "position")), flow.label("flow")).cte(
        "top_cell"
    )
    residual = residual_figures(top_cells, scope, figures, breakdown)
    residual_keys = (
        select(*(residual.c[name] for name in BALANCE_KEY))
        .where(matches_periods(residual.c.period, scope))
        .distinct()
        .cte("residual_key")
    )
    residual_balances = _balances(residual_keys, scope, FiguresWithResidual(figures, residual), name="residual")
    row = top_and_residual_rows(top_balances, residual_balances.subquery("residual_balance"), breakdown)
    return select(row).order_by(row.c.period, row.c[breakdown.fixed_dimension], row.c.is_residual, row.c.position)


def _requested_keys(scope: QueryScope, figures: Figures) -> CTE:
    cells = requested_cells(figures, scope).subquery("requested_cell")
    return select(*(cells.c[name] for name in BALANCE_KEY)).distinct().cte("balance_key")


def _page_keys(scope: QueryScope, figures: Figures, page: Page) -> Query:
    """Select the keys of a page in their order: the first of those of each flow, which an index has in this order."""
    key_page = replace(page, columns=frozenset(BALANCE_KEY))
    flow_pages = []
    for side, flow_id in SIDE_FLOW_IDS.items():
        cell = requested_cells(figures, scope, name=f"{side}_key").subquery(f"{side}_key_cell")
        keys = select(*(cell.c[name] for name in BALANCE_KEY)).where(
            cell.c.flow == cast(literal(flow_id), SmallInteger)
        )
        flow_pages.append(select(key_page.apply(keys).subquery(f"{side}_key_page")))
    return replace(key_page, cursor_values=None).apply(select(union(*flow_pages).subquery("flow_page")))


def _ranked_balances(keys: FromClause, scope: QueryScope, figures: Figures, page: Page) -> Query:
    row = _balances(keys, scope, figures, name="requested").subquery("balance_row")
    if not page.includes("rank"):
        return select(row)
    ranks = _balance_ranks(keys, scope, figures)
    return select(row, ranks.c.rank).select_from(_full_join(row, ranks)).where(has_cell(row))


def _full_join(row: FromClause, other: FromClause) -> FromClause:
    """Return both tables joined by their keys. Rows of `other` alone are there too: see `BaseJoin` on the reason."""
    return row.outerjoin(other, and_(*(row.c[name] == other.c[name] for name in BALANCE_KEY)), full=True)


def _balances(keys: FromClause, scope: QueryScope, figures: Figures, *, name: str) -> Query:
    """Select a balance for each row of `keys`; `name` begins the names of the subqueries."""
    exports, imports = (_side_figures(keys, scope, figures, side=side, name=f"{name}_{side}") for side in SIDE_FLOW_IDS)
    side_columns = [*SIDE_COLUMNS, *(name for name in UNCONVERTED_COLUMNS if name in exports.c)]
    columns = [imports.c[name].label(f"imports_{name}") for name in side_columns]
    columns += [exports.c[name].label(f"exports_{name}") for name in side_columns]
    # The least of a number and null would be the number.
    months = func.least(*(func.coalesce(side.c.months, 0) for side in (exports, imports))).label("months")
    key_columns = [exports.c[name] for name in (*BALANCE_KEY, "yoy_base_period")]
    pair = select(*key_columns, months, *columns).select_from(_full_join(exports, imports)).subquery(f"{name}_pair")
    return select(*pair.c, *_balance_columns(pair, scope))


def _side_figures(keys: FromClause, scope: QueryScope, figures: Figures, *, side: str, name: str) -> FromClause:
    grid = select(cast(literal(SIDE_FLOW_IDS[side]), SmallInteger).label("flow"), *keys.c).subquery(f"{name}_grid")
    cells = panel_cells(grid, scope, figures, name=f"{name}_cell")
    return figures_with_growth(cells, scope, figures).subquery(name)


def _balance_columns(pair: FromClause, scope: QueryScope) -> list[SqlExpression]:
    exports, imports = (
        exact_value(pair.c[f"{side}_value"], pair.c[f"{side}_obs_status"]) for side in ("exports", "imports")
    )
    base_exports, base_imports = pair.c.exports_yoy_base, pair.c.imports_yoy_base
    status = balance_status(pair.c.exports_yoy_status, pair.c.imports_yoy_status)
    if scope.editions is not None:
        differs = has_different_commodities(
            pair, scope, flow=SIDE_FLOW_IDS["exports"], other_flow=SIDE_FLOW_IDS["imports"]
        )
        exports, status = case((not_(differs), exports)), case((differs, "series_break"), else_=status)
    balance, base = exports - imports, case((status == "ok", base_exports - base_imports))
    two_way_value = exports + imports
    return [
        balance.label("balance"),
        (base_exports - base_imports).label("balance_base"),
        (balance - base).label("balance_change"),
        magnitude_pct(balance, base=base).label("balance_magnitude_pct"),
        transition(balance, base=base).label("balance_transition"),
        status.label("balance_status"),
        cover_ratio_pct(exports, imports=imports).label("cover_ratio_pct"),
        two_way_value.label("two_way_value"),
        complete_growth_pct(two_way_value, base=case((status == "ok", base_exports + base_imports))).label(
            "two_way_yoy_pct"
        ),
    ]


def _balance_ranks(keys: FromClause, scope: QueryScope, figures: Figures) -> FromClause:
    """Return partner, commodity, period and rank by balance, 1 for the largest surplus.

    The balances of all single areas are ranked for which both flows are known, in the requested periods from the first
    to the last of `keys`.
    """
    first_period, last_period = (
        select(extreme(keys.c.period, type_=SmallInteger)).scalar_subquery() for extreme in (func.min, func.max)
    )
    cell = figures.alias("ranked_cell")
    value = exact_value(cell.c.value, cell.c.obs_status)
    signed_value = case((cell.c.flow == SIDE_FLOW_IDS["exports"], value), else_=-value)
    key = [cell.c[name] for name in BALANCE_KEY]
    sums = (
        select(*key, func.sum(signed_value).label("balance"))
        .where(
            matches_any_key(cell.c.flow, tuple(SIDE_FLOW_IDS.values())),
            matches_any_key(cell.c.partner_id, scope.individual_areas),
            matches_periods(cell.c.period, scope),
            cell.c.period.between(first_period, last_period),
            matches_key_set(cell.c.commodity_id, scope.commodity_keys),
        )
        .group_by(*key)
        .having(
            func.count(value) == (func.count() if scope.exhaustive else len(SIDE_FLOW_IDS)),
            *(published_months(scope, literal(flow), cell.c.period).is_not(None) for flow in SIDE_FLOW_IDS.values()),
        )
        .subquery("partner_balance")
    )
    ranking = [sums.c.period, sums.c.commodity_id]
    rank = func.rank().over(partition_by=ranking, order_by=sums.c.balance.desc())
    return select(*(sums.c[name] for name in BALANCE_KEY), rank.label("rank")).subquery("balance_rank")
