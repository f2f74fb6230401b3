"""The page of a briefing: its key figures and tables, in which each number links to the page that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.charts.bar_chart import is_residual
from service.api.parameters.request import build_url
from service.api.serialization.page_table import Cell, PageTable
from service.domain.periods import parse_period
from service.domain.text import (
    MINUS_SIGN,
    format_area,
    format_growth,
    format_money,
    format_percent,
    format_period,
    format_points,
    format_signed_percent,
    is_unchanged,
)
from service.domain.unrounded_rates import unrounded_growth_pct
from service.resources.briefings.charts import NO_FIGURE
from service.resources.briefings.outline import KeyFigure, OutlineTable
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT
from service.resources.briefings.service import Briefing

MAX_OTHER_BRIEFINGS = 8
TABLE_CAPTION = "In the order of their contribution to the growth of the total"
COLUMNS = (
    ("Value", True),
    ("Growth", True),
    ("Contribution, points", True),
    ("Share", True),
)


@dataclass(frozen=True)
class FigureCard:
    """A key figure of the page: its label, its value and growth in words, and the URL of its page."""

    label: str
    value: str
    growth: str
    url: str


def figure_cards(figures: Sequence[KeyFigure]) -> list[FigureCard]:
    """Return the key figures of a briefing, formatted for its page."""
    return [FigureCard(each.label, _describe_value(each), _describe_growth(each), each.link) for each in figures]


def page_tables(briefing: Briefing) -> list[PageTable]:
    """Return the tables of the page of a briefing.

    Rows are ordered by the absolute contribution to growth; where no growth is known, by value.
    """
    return [] if briefing.outline is None else [_page_table(briefing, table) for table in briefing.outline.tables]


def other_briefings(briefing: Briefing) -> list[tuple[str, str]]:
    """Return the names and URLs of the briefings on the periods before and after, and on other reporters."""
    shared = briefing.data.shared_parameters
    rows = briefing.data.fetch_rows_by_url("/v1/reporters?limit=10000")
    own = [row for row in rows if row["reporter"] == shared["reporter"] and row["frequency"] == shared["frequency"]]
    first = min((row["first_period"] for row in own if row["first_period"]), default="")
    last = max((row["latest_period"] for row in own if row["latest_period"]), default="")
    period = parse_period(briefing.period)
    texts = [str(period.shift(step * period.months)) for step in (-1, 1)]
    links = [(format_period(text), shared["reporter"], text) for text in texts if first <= text <= last]
    others = {row["reporter"]: row for row in rows if row["latest_period"] and row["reporter"] != shared["reporter"]}
    links += [(format_area(row["reporter_name"]), code, row["latest_period"]) for code, row in others.items()]
    return [(name, f"/v1/briefings/{code}/{text}?format=html") for name, code, text in links[:MAX_OTHER_BRIEFINGS]]


def _page_table(briefing: Briefing, table: OutlineTable) -> PageTable:
    rows = sorted(table.rows, key=lambda row: -abs(row["contribution_pp"] or 0))
    largest = max((abs(row["contribution_pp"]) for row in rows if row["contribution_pp"] is not None), default=0) or 1
    flow, side = table.id.split("-")
    parameter = "commodity" if side == "commodities" else "partner"
    shared = {name: briefing.data.shared_parameters.get(name) for name in ("reporter", "frequency", "dataset")}
    query = {"view": "series", **shared, "flow": FLOW_CODE_BY_NAME[flow], "period": "all"}
    page_rows = [
        _cells(row, table.currency, build_url("/explore", {**query, parameter: row["code"]}), largest=largest)
        for row in rows
    ]
    if side == "partners":
        rows_of_residual = _residual_rows(briefing, table)
        page_rows += [_cells(row, table.currency, None, largest=largest) for row in rows_of_residual]
    return PageTable(TABLE_CAPTION, ((parameter.capitalize(), False), *COLUMNS), page_rows)


def _residual_rows(briefing: Briefing, table: OutlineTable) -> list[Mapping[str, Any]]:
    """Return the row of the trade that is not broken down by partner; none where all of it is."""
    rows = briefing.data.fetch_rows_by_url(f"{table.link}&residual=true&limit={MAX_LIMIT}")
    return [
        {
            "name": row["partner_name"],
            "value": row["value"],
            "yoy_pct": unrounded_growth_pct(row),
            "share_pct": row["partner_share_pct"],
            "contribution_pp": row["partner_contribution_pp"],
        }
        for row in rows
        if is_residual(row)
    ]


def _cells(row: Mapping[str, Any], currency: str, url: str | None, *, largest: float) -> list[Cell]:
    name, contribution = str(row["name"]), row["contribution_pp"]
    return [
        Cell(f"{name[:1].upper()}{name[1:]}", url, f"{name} over time"),
        Cell(NO_FIGURE if row["value"] is None else format_money(row["value"], currency)),
        Cell(_signed(row["yoy_pct"], format_signed_percent)),
        Cell(_signed(contribution, format_points), bar=None if contribution is None else contribution / largest),
        Cell(NO_FIGURE if row["share_pct"] is None else format_percent(row["share_pct"])),
    ]


def _signed(number: float | None, describe: Any) -> str:
    return NO_FIGURE if number is None else str(describe(number)).replace("-", MINUS_SIGN)


def _describe_value(figure: KeyFigure) -> str:
    if figure.value is None:
        return "not published"
    amount = format_money(figure.value, figure.currency)
    if figure.id == "balance":
        return f"{'Deficit' if figure.value < 0 else 'Surplus'} of {amount}"
    return amount


def _describe_growth(figure: KeyFigure) -> str:
    if figure.yoy_pct is None:
        return ""
    if figure.id == "balance" and not is_unchanged(figure.yoy_pct):
        return f"{format_percent(figure.yoy_pct)} {'larger' if figure.yoy_pct > 0 else 'smaller'} than a year earlier"
    return f"{format_growth(figure.yoy_pct)} from a year earlier"
