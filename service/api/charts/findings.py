"""Findings: one sentence on the main result of a chart, which is its title."""

from collections.abc import Sequence

from service.api.charts.series import ChartRow, Series, describe_trade, partner_words, share_column
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.text import (
    describe_growth,
    describe_members,
    describe_missing_value,
    format_area,
    format_commodity,
    format_money,
    format_percent,
    format_period,
    format_points_size,
    format_row_period,
    format_value,
    is_unchanged,
    possessive,
)


def series_finding(all_series: Sequence[Series], measure: str, *, reporter_name: str) -> str:
    """Return the sentence that sums up a chart of time series.

    It states the newest figure of a single series, or the highest and the lowest growth of several series. `measure`
    is the measure that the chart shows, such as `growth` or `share`.
    """
    if len(all_series) > 1:
        return _comparison(all_series, reporter_name=reporter_name)
    row = all_series[0].last_row
    subject = _capitalize(describe_trade(row, reporter_name=reporter_name))
    period = format_row_period(row)
    if row["value"] is None:
        return f"{subject}: {describe_missing_value(row)}"
    is_part = row["partner"] != WORLD_CODE or row["commodity"] != TOTAL_CODE
    if measure == "share" and is_part and row[share_column(row)] is not None:
        return f"{subject} were {_describe_share(row, reporter_name=reporter_name)} in {period}"
    return f"{subject} in {period} were {format_value(row)}, {describe_growth(row)}"


def ranking_finding(row: ChartRow, measure: str, *, reporter_name: str) -> str:
    """Return the sentence that sums up a chart of a ranking, from the first row of the ranking.

    `measure` is the measure that the chart shows, such as `growth` or `share`.
    """
    period = format_row_period(row)
    subject = _capitalize(describe_trade(row, reporter_name=reporter_name))
    if measure == "contribution" and row[contribution_column(row)] is not None:
        return _contribution_finding(row, reporter_name=reporter_name)
    if row["value"] is None:
        return f"{subject} in {period}: {describe_missing_value(row)}"
    if measure == "growth" and row["yoy_pct"] is not None:
        return f"{subject} in {period} were {describe_growth(row)}"
    share_pct = row[ranking_share_column(row)]
    share = "" if share_pct is None else f", {format_percent(share_pct)} of the total"
    lead = " were the largest at" if row.get("rank") == 1 else " were"
    return f"{subject} in {period}{lead} {format_value(row)}{share}"


def ranking_share_column(row: ChartRow) -> str:
    """Return the name of the column with the share of a row in the total of its ranking.

    It depends on the kind of ranking: only rows of a ranking of commodities have the column `level`.
    """
    return "commodity_share_pct" if "level" in row else "partner_share_pct"


def contribution_column(row: ChartRow) -> str:
    """Return the name of the column with the contribution of a row to the growth of the total of its ranking.

    It depends on the kind of ranking: only rows of a ranking of commodities have the column `level`.
    """
    return "commodity_contribution_pp" if "level" in row else "partner_contribution_pp"


def balance_finding(row: ChartRow, *, reporter_name: str) -> str:
    """Return the sentence that sums up a trade balance: its amount, and the balance of the period a year earlier."""
    partner = "" if row["partner"] == WORLD_CODE else f" with {format_area(row['partner_name'])}{describe_members(row)}"
    subject = f"{_capitalize(possessive(reporter_name))} trade balance{partner} in {format_row_period(row)}"
    if row["balance"] is None:
        return f"{subject} is not known"
    return f"{subject} was {describe_balance(row['balance'], row['currency'])}{_balance_comparison(row)}"


def largest_balance_finding(row: ChartRow, *, names_commodity: bool, reporter_name: str) -> str:
    """Return the sentence that sums up a ranking of trade balances; `row` has the largest surplus or deficit.

    With `names_commodity` the sentence names the commodity of the row, otherwise its partner.
    """
    kind = "surplus" if row["balance"] > 0 else "deficit"
    counterpart = (
        f"in {format_commodity(row)}"
        if names_commodity
        else f"with {format_area(row['partner_name'])}{describe_members(row)}"
    )
    subject = f"{_capitalize(possessive(reporter_name))} largest {kind} in {format_row_period(row)}"
    return f"{subject} was {counterpart}: {format_money(row['balance'], row['currency'])}{_balance_comparison(row)}"


def describe_balance(amount: int, currency: str) -> str:
    """Return the words for a balance, such as `a deficit of 1.76 trillion yen` or `zero`."""
    if not amount:
        return "zero"
    return f"a {'surplus' if amount > 0 else 'deficit'} of {format_money(amount, currency)}"


def _balance_comparison(row: ChartRow) -> str:
    """Return the phrase on the balance of a year earlier; nothing where the balances are not compared."""
    if row["balance_status"] != "ok":
        return ""
    return f", after {describe_balance(row['balance_base'], row['currency'])} a year earlier"


def _comparison(all_series: Sequence[Series], *, reporter_name: str) -> str:
    rows = [row for series in all_series if (row := _last_row_with_growth(series)) is not None]
    if len(rows) < 2 or len({row["period"] for row in rows}) > 1:
        period = max(series.last_row["period"] for series in all_series)
        return f"{_capitalize(possessive(reporter_name))} trade until {format_period(period)}"
    ordered = sorted(rows, key=lambda row: -row["yoy_pct"])
    best, worst = ordered[0], ordered[-1]
    subject = _capitalize(describe_trade(best, reporter_name=reporter_name))
    differs = [column for column in ("flow", "partner", "commodity") if best[column] != worst[column]]
    other = _describe_difference(worst, differs)
    return (
        f"{subject} in {format_row_period(best)} were {describe_growth(best)}; "
        f"{other} were {describe_growth(worst).removesuffix(' from a year earlier')}"
    )


def _last_row_with_growth(series: Series) -> ChartRow | None:
    return next((row for row in reversed(series.rows) if row["yoy_pct"] is not None), None)


def _describe_difference(row: ChartRow, differing_columns: Sequence[str]) -> str:
    if differing_columns == ["partner"]:
        return f"those{partner_words(row)}" if row["partner"] != WORLD_CODE else "those to all partners"
    if differing_columns == ["commodity"]:
        return f"those of {format_commodity(row)}"
    return describe_trade(row, reporter_name=None)


def _describe_share(row: ChartRow, *, reporter_name: str) -> str:
    column = share_column(row)
    whole = {**row, "partner": WORLD_CODE} if column == "partner_share_pct" else {**row, "commodity": "TOTAL"}
    return f"{format_percent(row[column])} of {describe_trade(whole, reporter_name=reporter_name)}"


def _contribution_finding(row: ChartRow, *, reporter_name: str) -> str:
    points = row[contribution_column(row)]
    whole = {**row, "commodity": "TOTAL"} if "level" in row else {**row, "partner": WORLD_CODE}
    total = describe_trade(whole, reporter_name=reporter_name)
    subject = format_commodity(row) if "level" in row else f"{format_area(row['partner_name'])}{describe_members(row)}"
    period = format_row_period(row)
    if is_unchanged(points):
        return f"No part moved {total} in {period} by more than a tenth of a point"
    verb = "added" if points > 0 else "took"
    ending = "to the growth of" if points > 0 else "off the growth of"
    return f"{_capitalize(subject)} {verb} {format_points_size(points)} percentage points {ending} {total} in {period}"


def _capitalize(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
