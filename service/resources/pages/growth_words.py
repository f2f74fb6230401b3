"""Growth in words: sentences on the newest figure of a time series."""

from collections.abc import Iterator, Sequence

from service.api.charts.series import ChartRow, Series, describe_trade
from service.domain.periods import parse_period
from service.domain.text import (
    describe_growth,
    describe_missing_value,
    format_growth,
    format_money,
    format_period,
    format_row_period,
    format_sentence,
    format_value,
    ordinal,
)

PERIOD_NAMES = {"M": "month", "Q": "quarter", "H": "half-year", "A": "year", "F": "fiscal year"}
MIN_PERIODS_OF_A_RECORD = 6


def growth_sentences(series: Series, *, reporter_name: str, is_streak_start_known: bool = False) -> list[str]:
    """Return sentences on the newest figure of a series: its growth, streak and record, and the sums up to it.

    `is_streak_start_known` says that the growth of the period before the streak is known; otherwise the streak may be
    longer than the figures show, and the sentence says so.
    """
    row = series.last_row
    if row["value"] is None:
        return [format_sentence(f"{describe_trade(row, reporter_name=reporter_name)}: {describe_missing_value(row)}")]
    return [format_sentence(sentence) for sentence in _sentences(series, row, reporter_name, is_streak_start_known)]


def period_before_streak(row: ChartRow) -> str | None:
    """Return the period before the first period of a row's streak; null for a streak shorter than two periods."""
    if (row["streak_length"] or 0) < 2:
        return None
    period = parse_period(row["period"])
    return str(period.shift(-row["streak_length"] * period.months))


def _sentences(series: Series, row: ChartRow, reporter_name: str, is_streak_start_known: bool) -> Iterator[str]:
    period, unit = format_row_period(row), PERIOD_NAMES[row["frequency"]]
    base = ""
    if row["yoy_pct"] is not None:
        base = f", from {format_money(row['yoy_base'], row['currency'])} in {format_period(row['yoy_base_period'])}"
    subject = describe_trade(row, reporter_name=reporter_name)
    yield f"{subject} in {period} were {format_value(row)}, {describe_growth(row)}{base}"
    if row["streak_direction"] in {"up", "down"} and row["streak_length"] > 1:
        word = "growth" if row["streak_direction"] == "up" else "decline"
        reservation = "" if is_streak_start_known else ", as far as these figures reach"
        yield f"it was the {ordinal(row['streak_length'])} {unit} of {word} in a row{reservation}"
    yield from _record(series.rows, row)
    if row["frequency"] != "A" and row["pop_pct"] is not None:
        yield f"on the {unit} before they were {format_growth(row['pop_pct'])}, not seasonally adjusted"
    if row["frequency"] == "M" and row["ytd_pct"] is not None and not row["period"].endswith("-01"):
        amount = format_money(row["ytd_value"], row["currency"])
        yield f"from January to {period} they came to {amount}, {format_growth(row['ytd_pct'])} from a year earlier"
    if row["frequency"] == "M" and row["r12_value"] is not None:
        growth = "" if row["r12_pct"] is None else f", {format_growth(row['r12_pct'])} on the 12 months before"
        yield f"over the last 12 months they came to {format_money(row['r12_value'], row['currency'])}{growth}"


def _record(rows: Sequence[ChartRow], row: ChartRow) -> Iterator[str]:
    """Yield the sentence that the newest figure is the highest or the lowest of many periods, where it is."""
    earlier = [each for each in rows if each["period"] < row["period"] and each["value"] is not None]
    for word, sign in (("highest", 1), ("lowest", -1)):
        exceeding_periods = [each["period"] for each in earlier if sign * each["value"] >= sign * row["value"]]
        last_period = exceeding_periods[-1] if exceeding_periods else ""
        if sum(each["period"] > last_period for each in earlier) >= MIN_PERIODS_OF_A_RECORD:
            start = format_period(last_period or earlier[0]["period"])
            yield f"they were the {word} since {'' if exceeding_periods else 'these figures begin in '}{start}"
