"""Charts of a briefing: trade with the main partners, and contributions to growth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pygal
from markupsafe import Markup

from service.domain.periods import parse_period, period_text
from service.domain.text import (
    currency_name,
    display_scale,
    format_period,
    format_period_range,
    format_points,
)
from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.svg import DECREASE_COLOUR, INCREASE_COLOUR, create_chart, render_svg

MAX_CHART_PERIODS = 25
MAX_AXIS_LABELS = 4
MAX_CHART_PARTNERS, MAX_CHART_BARS = 5, 8
MAX_LABEL_LENGTH = 20
LEGEND_COLUMNS = 2
RESIDUAL_PARTNERS = ("other", "unallocated")


@dataclass(frozen=True)
class Chart:
    """A chart as SVG, with its section, its title, and the URL of the request that returns its figures."""

    section: str
    title: str
    svg: Markup
    link: str


def briefing_charts(briefing_data: BriefingData, request: BriefingRequest) -> list[Chart]:
    """Return the charts of a briefing; charts without figures are left out."""
    line_charts = list(_partner_line_charts(briefing_data, request))
    contribution_charts = (
        chart for flow in FLOW_CODE_BY_NAME for chart in _contribution_charts(briefing_data, request, flow)
    )
    return [*(line_charts or _single_period_charts(briefing_data, request)), *contribution_charts]


def _partner_line_charts(briefing_data: BriefingData, request: BriefingRequest) -> Iterator[Chart]:
    """Yield a chart with a line for each main partner; nothing where only one period is published."""
    main_partners, parameters = briefing_data.fetch_known_rows(
        "/v1/partners", flow=FLOW_CODE_BY_NAME["exports"], limit=str(MAX_CHART_PARTNERS)
    )
    if not main_partners:
        return
    last = parse_period(request.period)
    first = period_text(last.first_month - (MAX_CHART_PERIODS - 1) * last.months, months=last.months)
    codes = ",".join(row["partner"] for row in main_partners)
    parameters |= {"partner": codes, "period": f"{first}..{request.period}", "limit": MAX_LIMIT}
    rows = briefing_data.fetch_rows("/v1/series", **parameters)
    periods = sorted({row["period"] for row in rows})
    if len(periods) < 2:
        return
    divisor, unit = _chart_scale(rows)
    values = {(row["partner"], row["period"]): row["value"] for row in rows}
    lines = {
        row["partner_name"]: [_scale_value(values.get((row["partner"], period)), divisor) for period in periods]
        for row in main_partners
    }
    title = f"Exports to the main partners, {unit}, {format_period_range(periods[0], periods[-1])}"
    svg = render_svg(_line_chart(periods, lines), name="partners", title=title)
    yield Chart("partners", title, svg, briefing_data.link("/v1/series", **parameters))


def _single_period_charts(briefing_data: BriefingData, request: BriefingRequest) -> Iterator[Chart]:
    """Yield a bar chart of the main partners for each flow."""
    for flow, code in FLOW_CODE_BY_NAME.items():
        rows, parameters = briefing_data.fetch_known_rows("/v1/partners", flow=code, limit=str(MAX_CHART_BARS))
        if rows:
            divisor, unit = _chart_scale(rows)
            bars = [
                (f"{_partner_label(row)} {row['value'] / divisor:.1f}", row["value"] / divisor)
                for row in reversed(rows)
            ]
            preposition = "to" if flow == "exports" else "from"
            title = f"{flow.capitalize()} {preposition} the main partners in {request.period_name}, {unit}"
            svg = render_svg(_bar_chart(bars), name=f"{flow}-partners", title=title)
            yield Chart("partners", title, svg, briefing_data.link("/v1/partners", **parameters))


def _chart_scale(rows: Sequence[ResponseRow]) -> tuple[int, str]:
    """Return the divisor of the values in a chart, and the name of the resulting unit."""
    divisor, scale, _ = display_scale(max(row["value"] or 0 for row in rows))
    return divisor, " ".join(part for part in (scale, currency_name(rows[0]["currency"])) if part)


def _scale_value(value: int | None, divisor: int) -> float | None:
    return None if value is None else value / divisor


def _line_chart(periods: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> pygal.graph.graph.Graph:
    """Return a chart with a line for each name, an axis from zero, and gaps for missing values."""
    chart = create_chart(
        pygal.Line,
        height=430,
        show_dots=False,
        include_x_axis=True,
        x_label_rotation=0,
        show_minor_x_labels=False,
        legend_at_bottom_columns=LEGEND_COLUMNS,
    )
    # pygal reserves space for the first row of the legend only.
    chart.margin_bottom = 8 + 24 * ((len(series) - 1) // LEGEND_COLUMNS)
    chart.x_labels = periods
    chart.x_labels_major = periods[:: max(1, -(-len(periods) // MAX_AXIS_LABELS))]
    for name, values in series.items():
        chart.add(name, values, allow_interruptions=True)
    return chart


def _contribution_charts(briefing_data: BriefingData, request: BriefingRequest, flow: str) -> Iterator[Chart]:
    rows, parameters = briefing_data.fetch_known_rows(
        "/v1/partners",
        required_column="partner_contribution_pp",
        growth_column="partner_contribution_pp",
        flow=FLOW_CODE_BY_NAME[flow],
        residual="true",
        limit=str(MAX_CHART_BARS),
    )
    if not rows:
        return
    bars = [
        (f"{_partner_label(row)} {format_points(row['partner_contribution_pp'])}", row["partner_contribution_pp"])
        for row in _order_bars(rows)
    ]
    title = f"What partners brought of the growth of {flow} in {format_period(request.period)}, percentage points"
    svg = render_svg(_bar_chart(bars), name=f"{flow}-contributions", title=title)
    yield Chart("contributions", title, svg, briefing_data.link("/v1/partners", **parameters))


def _order_bars(rows: Sequence[ResponseRow]) -> list[ResponseRow]:
    """Return the rows in the order of the bars from below: residual rows first, the largest contribution last."""
    residual_rows = [row for row in rows if row["partner"] in RESIDUAL_PARTNERS]
    partner_rows = [row for row in rows if row["partner"] not in RESIDUAL_PARTNERS]
    return [*reversed(residual_rows), *sorted(partner_rows, key=lambda row: row["partner_contribution_pp"])]


def _bar_chart(bars: Sequence[tuple[str, float]]) -> pygal.graph.graph.Graph:
    """Return a chart with a bar for each pair of label and value, from below; labels include the values."""
    chart = create_chart(
        pygal.HorizontalBar, height=36 * len(bars) + 24, show_legend=False, show_x_labels=False, show_x_guides=False
    )
    chart.x_labels = [label for label, _ in bars]
    chart.add("", [{"value": value, "color": INCREASE_COLOUR if value >= 0 else DECREASE_COLOUR} for _, value in bars])
    return chart


def _partner_label(row: ResponseRow) -> str:
    name: str = row["partner_name"]
    return name if len(name) <= MAX_LABEL_LENGTH else f"{name[: MAX_LABEL_LENGTH - 1]}…"
