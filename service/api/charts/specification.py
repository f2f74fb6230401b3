"""The Vega-Lite specification of a result: a line chart, a bar chart, or a chart of a balance."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.charts.balance_chart import balance_chart, balance_unit
from service.api.charts.bar_chart import bar_chart, is_residual, order_by_size, ranking_bars, ranking_column
from service.api.charts.findings import balance_finding, largest_balance_finding, ranking_finding, series_finding
from service.api.charts.line_chart import line_chart, measure_series, trim_series
from service.api.charts.options import ChartOptions
from service.api.charts.series import ChartRow, Series, describe_statuses, group_series, is_provisional
from service.api.charts.theme import Specification, chart_frame
from service.domain.text import describe_months, format_date, format_period, format_period_range, format_row_period
from service.errors import InvalidRequest, ParameterError, RequestTooLarge

MAX_CHART_SERIES = 6
FREQUENCY_NAMES = {"M": "Monthly", "Q": "Quarterly", "H": "Half-yearly", "A": "Yearly", "F": "Yearly (fiscal years)"}


def chart_specification(
    rows: Sequence[ChartRow], meta: Mapping[str, Any], options: ChartOptions, *, reporter_name: str
) -> Specification:
    """Return the Vega-Lite specification of a chart of `rows`, which are time series, balances or a ranking.

    `meta` is the metadata of the response that has these rows.

    :raises InvalidRequest: there are no rows, or they do not fit into one chart, such as rankings of two periods.
    """
    if not rows:
        reason = f"there are no figures to draw: {meta['empty_reason']}"
        raise InvalidRequest(ParameterError("period", "", reason))
    if "balance" in rows[0]:
        return _balance_chart(rows, meta, options, reporter_name=reporter_name)
    if "rank" in rows[0]:
        return _ranking_chart(rows, meta, options, reporter_name=reporter_name)
    return _series_chart(rows, meta, options, reporter_name=reporter_name)


def source_line(rows: Sequence[ChartRow], meta: Mapping[str, Any]) -> str:
    """Return the text below a chart: the sources of the figures, and the day as of which they were known, if requested.

    It also says which points are provisional or estimated, and which are of incomplete periods.
    """
    attributions = dict.fromkeys(source["attribution"].removeprefix("Source: ") for source in meta["sources"])
    day = f" As known on {format_date(meta['as_of'])}." if meta["as_of"] else ""
    return f"Source: {'; '.join(attributions).rstrip('.')}.{day}{_status_note(rows)}{_incomplete_periods(rows)}"


def _status_note(rows: Sequence[ChartRow]) -> str:
    flags = {is_provisional(row) for row in rows if row.get("obs_status") is not None}
    if flags == {True}:
        return f" All figures are {describe_statuses(rows)}."
    return f" Hollow points are {describe_statuses(rows)}." if True in flags else ""


def _incomplete_periods(rows: Sequence[ChartRow]) -> str:
    periods = dict.fromkeys(f"{row['period']} ({describe_months(row)})" for row in rows if describe_months(row))
    words = "Incomplete" if "rank" in rows[0] and "balance" not in rows[0] else "Diamonds are incomplete"
    return f" {words}: {', '.join(periods)}." if periods else ""


def _series_chart(
    rows: Sequence[ChartRow], meta: Mapping[str, Any], options: ChartOptions, *, reporter_name: str
) -> Specification:
    all_series = group_series(rows)
    if len(all_series) > MAX_CHART_SERIES:
        reason = f"these are {len(all_series)} series, and a chart has at most {MAX_CHART_SERIES}; select fewer codes"
        raise RequestTooLarge(ParameterError("partner", "", reason))
    all_series, measurement = trim_series(all_series, measure_series(all_series, options.measure))
    title = series_finding(all_series, options.measure, reporter_name=reporter_name)
    subtitle = f"{_series_subject(all_series)}, {measurement.unit}"
    chart = line_chart(all_series, measurement, options, source=source_line(rows, meta))
    return chart_frame(options, title=title, subtitle=subtitle) | chart


def _series_subject(all_series: Sequence[Series]) -> str:
    rows = [row for series in all_series for row in series.rows]
    periods = sorted({row["period"] for row in rows})
    valuations = dict.fromkeys(row["valuation"] for row in rows if row["valuation"])
    frequency = FREQUENCY_NAMES[rows[0]["frequency"]]
    return ", ".join([f"{frequency}, {format_period_range(periods[0], periods[-1])}", *valuations])


def _ranking_chart(
    rows: Sequence[ChartRow], meta: Mapping[str, Any], options: ChartOptions, *, reporter_name: str
) -> Specification:
    _check_single(rows, "flow", "X")
    _check_single(rows, "period", rows[-1]["period"])
    _check_single(rows, "partner" if "level" in rows[0] else "commodity", "")
    measure = "value" if options.measure == "index" else options.measure
    rows = [row for row in rows if not is_residual(row)] + [row for row in rows if is_residual(row)]
    ordered = sorted(order_by_size(rows, ranking_column(rows[0], measure)), key=is_residual)
    if not ordered:
        raise InvalidRequest(ParameterError("chart", measure, "none of the rows has such a figure", ["value"]))
    bars, unit = ranking_bars(rows, measure)
    title = ranking_finding(ordered[0], measure, reporter_name=reporter_name)
    subtitle = f"{format_row_period(rows[0])}, {unit}".removeprefix("the ")
    chart = bar_chart(bars, options, source=source_line(rows, meta))
    return chart_frame(options, title=title, subtitle=f"{subtitle[:1].upper()}{subtitle[1:]}") | chart


def _balance_chart(
    rows: Sequence[ChartRow], meta: Mapping[str, Any], options: ChartOptions, *, reporter_name: str
) -> Specification:
    source = source_line(rows, meta)
    if len({row["period"] for row in rows}) == 1 and len(rows) > 1:
        names_commodity = len({row["commodity"] for row in rows}) > 1
        largest = _largest_balance(rows)
        bars, unit = ranking_bars([{**row, "names_commodity": names_commodity} for row in rows], "balance")
        title = largest_balance_finding(largest, names_commodity=names_commodity, reporter_name=reporter_name)
        frame = chart_frame(options, title=title, subtitle=f"{format_period(rows[0]['period'])}, balance, {unit}")
        return frame | bar_chart(bars, options, source=source)
    _check_single(rows, "partner", "WLD")
    _check_single(rows, "commodity", "TOTAL")
    known_rows = [row for row in rows if row["balance"] is not None]
    title = balance_finding((known_rows or rows)[-1], reporter_name=reporter_name)
    periods = format_period_range(rows[0]["period"], rows[-1]["period"])
    valuations = f"exports {rows[0]['exports_valuation']}, imports {rows[0]['imports_valuation']}"
    subtitle = f"{FREQUENCY_NAMES[rows[0]['frequency']]}, {periods}, {valuations}, {balance_unit(rows)[1]}"
    return chart_frame(options, title=title, subtitle=subtitle) | balance_chart(rows, options, source=source)


def _largest_balance(rows: Sequence[ChartRow]) -> ChartRow:
    """Return the row with the largest surplus or deficit.

    :raises InvalidRequest: no row has a balance.
    """
    ordered = order_by_size(rows, "balance")
    if not ordered:
        reason = "there are no figures to draw: none of the rows has both exports and imports"
        raise InvalidRequest(ParameterError("period", rows[0]["period"], reason))
    return ordered[0]


def _check_single(rows: Sequence[ChartRow], column: str, suggestion: str) -> None:
    """Check that rows have one value in a column.

    :raises InvalidRequest: they have several.
    """
    values = list(dict.fromkeys(str(row[column]) for row in rows))
    if len(values) > 1:
        reason = f"the chart shows one {column}, and the rows have {', '.join(values[:5])}"
        raise InvalidRequest(ParameterError(column, ",".join(values), reason, [suggestion or values[0]]))
