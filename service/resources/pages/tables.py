"""Tables of a page. A cell has a text, the URL of the page that explains it, and a bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.api.charts.bar_chart import is_residual, order_by_size, ranking_column
from service.api.charts.findings import contribution_column, ranking_share_column
from service.api.charts.series import (
    STATUS_NAMES,
    ChartRow,
    Series,
    describe_status,
    group_series,
    period_heading,
    series_names,
    share_column,
)
from service.api.serialization.page_table import Cell, PageTable
from service.domain.flows import FLOW_NAMES
from service.domain.text import (
    MINUS_SIGN,
    currency_name,
    describe_members,
    explain_missing_growth,
    format_period,
    format_points,
    format_row_period,
)
from service.domain.unrounded_rates import unrounded_growth_pct
from service.resources.pages.query import ExplorerQuery

TABLE_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
MAX_RANKED_ROWS = 25
NO_FIGURE = "\N{EN DASH}"


@dataclass(frozen=True)
class Scale:
    """The unit of a column of values, such as a million yen."""

    divisor: int
    unit: str
    decimals: int

    def format(self, amount: int | None) -> str:
        """Return an amount in the unit as text; a dash for null."""
        if amount is None:
            return NO_FIGURE
        return f"{amount / self.divisor:,.{self.decimals}f}".replace("-", MINUS_SIGN)


def column_scale(amounts: Sequence[int | None], currency: str) -> Scale:
    """Return the unit in which the largest of the amounts has two to four digits before the decimal point."""
    size = max((abs(amount) for amount in amounts if amount is not None), default=0)
    for divisor, name in TABLE_SCALES:
        if size >= 10 * divisor:
            return Scale(divisor, f"{name} {currency_name(currency)}", 2 if size < 100 * divisor else 1)
    return Scale(1, currency_name(currency), 0)


def format_signed_percent(number: float | None) -> str:
    """Return a percentage with its sign, such as `+29.2%`; a dash for null."""
    return NO_FIGURE if number is None else f"{format_points(number)}%".replace("-", MINUS_SIGN)


def series_table(rows: Sequence[ChartRow], query: ExplorerQuery) -> PageTable:
    """Return the table of time series, the newest period first."""
    all_series = group_series(rows)
    scale = column_scale([row["value"] for row in rows], rows[0]["currency"])
    if len(all_series) == 1:
        return _single_series_table(all_series[0], scale, query)
    names = series_names(all_series)
    columns = [("Period", False)]
    for name in names:
        columns += [(name, True), ("Growth", True)]
    rows_by_period = [{row["period"]: row for row in series.rows} for series in all_series]
    periods = sorted({row["period"] for row in rows}, reverse=True)
    table_rows = []
    for period in periods:
        cells = [_period_cell(next(rows[period] for rows in rows_by_period if period in rows))]
        for series_rows in rows_by_period:
            row = series_rows.get(period)
            cells += [Cell(NO_FIGURE), Cell(NO_FIGURE)] if row is None else [_value(row, scale, query), _growth(row)]
        table_rows.append(cells)
    return PageTable(f"Values in {scale.unit}, growth from a year earlier", columns, table_rows)


def ranking_table(rows: Sequence[ChartRow], query: ExplorerQuery) -> PageTable:
    """Return the table of a ranking, with bars of the contribution to growth."""
    is_commodity = "level" in rows[0]
    column = ranking_column(rows[0], query.chart)
    single_rows = [row for row in rows if not is_residual(row)]
    if column != "value":
        unknown_rows = [row for row in single_rows if row[column] is None]
        single_rows = [*order_by_size(single_rows, column), *unknown_rows]
    leading = [*single_rows[:MAX_RANKED_ROWS], *(row for row in rows if is_residual(row))]
    scale = column_scale([row["value"] for row in leading], rows[0]["currency"])
    contribution, share = contribution_column(rows[0]), ranking_share_column(rows[0])
    largest = max((abs(row[contribution]) for row in leading if row[contribution] is not None), default=0) or 1
    table_rows = [
        [
            _ranked_name(row, query, is_commodity=is_commodity),
            _value(row, scale, query),
            _growth(row),
            Cell(
                _points(row[contribution]),
                bar=None if row[contribution] is None else row[contribution] / largest,
            ),
            Cell(NO_FIGURE if row[share] is None else f"{row[share]:.1f}%"),
        ]
        for row in leading
    ]
    columns = [
        ("Commodity" if is_commodity else "Partner", False),
        (f"Value, {scale.unit}", True),
        ("Growth", True),
        ("Contribution, points", True),
        ("Share", True),
    ]
    kind = "commodities" if is_commodity else "partners"
    count = len(single_rows)
    extent = f"The {MAX_RANKED_ROWS} largest of {count} {kind}" if count > MAX_RANKED_ROWS else kind.capitalize()
    return PageTable(f"{extent} in {format_row_period(rows[0])}", columns, table_rows)


def balance_table(rows: Sequence[ChartRow], query: ExplorerQuery) -> PageTable:
    """Return the table of balances: a ranking for a single period, else the newest period first."""
    is_ranking = len({row["period"] for row in rows}) == 1 and len(rows) > 1
    ordered = list(rows)[:MAX_RANKED_ROWS] if is_ranking else list(reversed(rows))
    columns_of_values = ("exports_value", "imports_value", "balance")
    scale = column_scale([row[name] for row in ordered for name in columns_of_values], rows[0]["currency"])
    names_commodity = len({row["commodity"] for row in rows}) > 1
    table_rows = []
    for row in ordered:
        heading = _period_cell(row)
        if is_ranking:
            heading = _balance_name(row, query, names_commodity=names_commodity)
        table_rows.append(
            [
                heading,
                Cell(scale.format(row["exports_value"]), *_cell_link(row, query, "X", row["exports_value"])),
                Cell(format_signed_percent(row["exports_yoy_pct"])),
                Cell(scale.format(row["imports_value"]), *_cell_link(row, query, "M", row["imports_value"])),
                Cell(format_signed_percent(row["imports_yoy_pct"])),
                Cell(scale.format(row["balance"])),
                Cell(scale.format(row["balance_change"])),
            ]
        )
    columns = [
        (("Commodity" if names_commodity else "Partner") if is_ranking else "Period", False),
        ("Exports", True),
        ("Growth", True),
        ("Imports", True),
        ("Growth", True),
        ("Balance", True),
        ("Change from a year earlier", True),
    ]
    return PageTable(f"Exports, imports and balance in {scale.unit}", columns, table_rows)


def flow_table(rows: Sequence[ChartRow], query: ExplorerQuery) -> PageTable:
    """Return the table of single figures, in the order of the rows."""
    scale = column_scale([row["value"] for row in rows], rows[0]["currency"])
    table_rows = [
        [
            _period_cell(row),
            Cell(FLOW_NAMES[row["flow"]].capitalize()),
            Cell(_partner_name(row)),
            Cell(row["commodity_name"]),
            _value(row, scale, query),
            _growth(row),
            Cell(describe_status(row)),
        ]
        for row in rows
    ]
    columns = [
        ("Period", False),
        ("Flow", False),
        ("Partner", False),
        ("Commodity", False),
        (f"Value, {scale.unit}", True),
        ("Growth", True),
        ("Status", False),
    ]
    return PageTable("Published figures", columns, table_rows)


def revision_table(rows: Sequence[ChartRow], _query: ExplorerQuery) -> PageTable:
    """Return the table of revisions: a row for each day on which a figure changed."""
    scale = column_scale([row["value"] for row in rows], rows[0]["currency"])
    table_rows = [
        [
            Cell(
                str(row["known_from"]), f"/releases/{row['release']}" if row["release"] else None, _release_label(row)
            ),
            Cell(f"{FLOW_NAMES[row['flow']].capitalize()}, {row['partner_name']}, {format_period(row['period'])}"),
            Cell(scale.format(row["value"])),
            Cell(format_signed_percent(row["revision_pct"])),
            Cell(format_signed_percent(row["yoy_pct"])),
            Cell(_points(row["yoy_revision_pp"])),
        ]
        for row in rows
    ]
    columns = [
        ("Known since", False),
        ("Figure", False),
        (f"Value, {scale.unit}", True),
        ("Revision", True),
        ("Growth", True),
        ("Revision of growth, points", True),
    ]
    return PageTable("Figures and their growth, from release to release", columns, table_rows)


def record_list(row: ChartRow, query: ExplorerQuery) -> list[tuple[str, Cell]]:
    """Return the properties of one figure by name: value, base, growth, shares, status, release and exchange rate."""
    value = (
        NO_FIGURE if row["value"] is None else f"{row['value']:,} {row['currency']}".replace(",", "\N{NO-BREAK SPACE}")
    )
    base = (
        NO_FIGURE
        if row["yoy_base"] is None
        else f"{row['yoy_base']:,} {row['currency']}".replace(",", "\N{NO-BREAK SPACE}")
    )
    if row["yoy_pct"] is None:
        growth = f"not given, as {explain_missing_growth(row)}"
    else:
        growth = format_signed_percent(unrounded_growth_pct(row))
    release = row["release"]
    entries = [
        ("Value", Cell(value)),
        (f"Value in {format_period(row['yoy_base_period'])}", Cell(base)),
        ("Growth from a year earlier", Cell(growth)),
        ("Growth from the previous period, not seasonally adjusted", Cell(format_signed_percent(row["pop_pct"]))),
        ("Share of the partner in this trade", Cell(_share(row["partner_share_pct"]))),
        ("Share of the commodity in this trade", Cell(_share(row["commodity_share_pct"]))),
        ("Valuation", Cell(row["valuation"] or NO_FIGURE)),
        ("Status", Cell(describe_status(row))),
        ("Published in release", Cell(release or NO_FIGURE, f"/releases/{release}" if release else None)),
        ("Revisions", Cell("from release to release", query.url(view="revisions", **_cell_parameters(row)))),
    ]
    if row["exchange_rate"] is not None:
        rate = f"{row['exchange_rate']} {row['currency']} for one {row['reported_currency']}"
        entries.insert(2, ("Exchange rate", Cell(rate)))
    return entries


def _single_series_table(series: Series, scale: Scale, query: ExplorerQuery) -> PageTable:
    share = share_column(series.rows[0])
    rows = [
        [
            _period_cell(row),
            _value(row, scale, query),
            _growth(row),
            Cell(format_signed_percent(row["pop_pct"])),
            Cell(_share(row[share])),
        ]
        for row in reversed(series.rows)
    ]
    columns = [
        ("Period", False),
        (f"Value, {scale.unit}", True),
        ("Growth from a year earlier", True),
        ("Growth from the previous period", True),
        ("Share", True),
    ]
    return PageTable("Periods, the newest first", columns, rows)


def _period_cell(row: ChartRow) -> Cell:
    return Cell(period_heading(row))


def _value(row: ChartRow, scale: Scale, query: ExplorerQuery) -> Cell:
    note = STATUS_NAMES.get(row["obs_status"] or "")
    return Cell(scale.format(row["value"]), *_cell_link(row, query, row["flow"], row["value"]), note=note)


def _growth(row: ChartRow) -> Cell:
    if row["yoy_pct"] is None:
        return Cell(NO_FIGURE, note=explain_missing_growth(row))
    return Cell(format_signed_percent(unrounded_growth_pct(row)))


def _cell_parameters(row: ChartRow) -> dict[str, str | None]:
    return {name: str(row[name]) for name in ("flow", "partner", "commodity", "period")}


def _cell_link(row: ChartRow, query: ExplorerQuery, flow: str, value: int | None) -> tuple[str | None, str | None]:
    """Return the URL of the page that explains the figure of a row, and a name for its link."""
    if value is None or row["partner"] in {"other", "unallocated"} or row["commodity"] in {"other", "unallocated"}:
        return None, None
    link = query.url(view="flows", **{**_cell_parameters({**row, "flow": flow}), "sort": None, "limit": None})
    label = f"how the figure of {format_period(row['period'])} comes about"
    return link, label


def _ranked_name(row: ChartRow, query: ExplorerQuery, *, is_commodity: bool) -> Cell:
    name = str(row["commodity_name"]) if is_commodity else _partner_name(row)
    code = row["commodity"] if is_commodity else row["partner"]
    if code in {"other", "unallocated"}:
        return Cell(name)
    own = {"commodity": code} if is_commodity else {"partner": code}
    link = query.url(view="series", period="all", sort=None, limit=None, residual=None, level=None, **own)
    return Cell(name, link, f"{name} over time")


def _balance_name(row: ChartRow, query: ExplorerQuery, *, names_commodity: bool) -> Cell:
    name = str(row["commodity_name"]) if names_commodity else _partner_name(row)
    code = row["commodity"] if names_commodity else row["partner"]
    if code in {"other", "unallocated"}:
        return Cell(name)
    own = {"commodity": code} if names_commodity else {"partner": code}
    return Cell(name, query.url(period="all", sort=None, limit=None, residual=None, **own), f"{name} over time")


def _partner_name(row: ChartRow) -> str:
    return f"{row['partner_name']}{describe_members(row)}"


def _release_label(row: ChartRow) -> str:
    return f"{row['known_from']}: release {row['release']}"


def _points(number: float | None) -> str:
    return NO_FIGURE if number is None else format_points(number).replace("-", MINUS_SIGN)


def _share(number: float | None) -> str:
    return NO_FIGURE if number is None else f"{number:.1f}%"
