"""The chart of a briefing: exports, imports and balance over two years or more."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.api.charts.findings import balance_finding
from service.api.charts.series import ChartRow, period_heading
from service.api.serialization.page_table import Cell, PageTable
from service.domain.periods import parse_period
from service.domain.text import MINUS_SIGN, format_money, format_signed_percent
from service.resources.briefings.data_source import BriefingData
from service.resources.briefings.request import MAX_LIMIT, BriefingRequest

MAX_CHART_PERIODS = 25
NO_FIGURE = "\N{EN DASH}"
TABLE_COLUMNS = (
    ("Period", False),
    ("Exports", True),
    ("Growth", True),
    ("Imports", True),
    ("Growth", True),
    ("Balance", True),
)


@dataclass(frozen=True)
class Chart:
    """A chart: a sentence on its main result, the URLs of its image and of its page, and the table of its figures."""

    title: str
    image_url: str
    page_url: str
    table: PageTable


def balance_over_time(briefing_data: BriefingData, request: BriefingRequest) -> Chart | None:
    """Return the chart of exports, imports and balance; null where only one period is published."""
    _, parameters = briefing_data.fetch_known_rows(
        "/v1/balances", required_column="balance", growth_column="balance_change"
    )
    last = parse_period(request.period)
    first = str(last.shift(-(MAX_CHART_PERIODS - 1) * last.months))
    parameters = {**parameters, "period": f"{first}..{request.period}"}
    rows = briefing_data.fetch_rows("/v1/balances", **parameters, limit=MAX_LIMIT)
    known_rows = [row for row in rows if row["balance"] is not None]
    if len(known_rows) < 2:
        return None
    title = balance_finding(known_rows[-1], reporter_name=request.reporter_name)
    image_url = briefing_data.link("/v1/balances", **{**parameters, "format": "svg"})
    page_url = briefing_data.link("/v1/balances", **{**parameters, "format": "html"})
    return Chart(title, image_url, page_url, _table(rows))


def _table(rows: Sequence[ChartRow]) -> PageTable:
    """Return the table of exports, imports and balance, the newest period first."""
    table_rows = [
        [
            Cell(period_heading(row)),
            _amount(row, "exports_value"),
            _growth(row, "exports_yoy_pct"),
            _amount(row, "imports_value"),
            _growth(row, "imports_yoy_pct"),
            _amount(row, "balance"),
        ]
        for row in reversed(rows)
    ]
    return PageTable("Exports, imports and balance, the newest period first", TABLE_COLUMNS, table_rows)


def _amount(row: ChartRow, column: str) -> Cell:
    if row[column] is None:
        return Cell(NO_FIGURE)
    return Cell(f"{MINUS_SIGN if row[column] < 0 else ''}{format_money(row[column], row['currency'])}")


def _growth(row: ChartRow, column: str) -> Cell:
    return Cell(NO_FIGURE if row[column] is None else format_signed_percent(row[column]).replace("-", MINUS_SIGN))
