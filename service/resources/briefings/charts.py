"""Charts of a briefing: exports to the main partners over time, and what contributed to growth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pygal
from markupsafe import Markup

from service.domain.periods import parse_period, period_text
from service.resources.briefings.data_source import Facts, Row
from service.resources.briefings.request import ALL_ROWS, FLOWS, Asked
from service.resources.briefings.svg import DOWN, UP, drawn, plain_chart
from service.resources.briefings.text import currency_words, period_words, points, scale_of, span_words

PERIODS_SHOWN = 25
MARKS = 4
PARTNERS_SHOWN, PARTS_SHOWN = 5, 8
LONGEST_NAME = 20
LEGEND_COLUMNS = 2
REST = ("other", "unallocated")


@dataclass(frozen=True)
class Chart:
    """A drawing, the section that it belongs to, what it shows in words, and the request that its figures are from."""

    section: str
    title: str
    svg: Markup
    link: str


def charts(facts: Facts, asked: Asked) -> list[Chart]:
    """Return the charts of a briefing; one for which there are no figures is left out."""
    over_time = list(_main_partners(facts, asked))
    by_flow = (chart for flow in FLOWS for chart in _contributions(facts, asked, flow))
    return [*(over_time or _of_one_period(facts, asked)), *by_flow]


def _main_partners(facts: Facts, asked: Asked) -> Iterator[Chart]:
    """Yield a line for each main partner; nothing where a single period is published."""
    main, question = facts.found("/v1/partners", flow=FLOWS["exports"], limit=str(PARTNERS_SHOWN))
    if not main:
        return
    last = parse_period(asked.period)
    first = period_text(last.first - (PERIODS_SHOWN - 1) * last.months, months=last.months)
    codes = ",".join(row["partner"] for row in main)
    question |= {"partner": codes, "period": f"{first}..{asked.period}", "limit": ALL_ROWS}
    rows = facts.rows("/v1/series", **question)
    periods = sorted({row["period"] for row in rows})
    if len(periods) < 2:
        return
    divisor, unit = _scale(rows)
    values = {(row["partner"], row["period"]): row["value"] for row in rows}
    lines = {
        row["partner_name"]: [_scaled(values.get((row["partner"], period)), divisor) for period in periods]
        for row in main
    }
    title = f"Exports to the main partners, {unit}, {span_words(periods[0], periods[-1])}"
    svg = drawn(_lines(periods, lines), name="partners", title=title)
    yield Chart("partners", title, svg, facts.link("/v1/series", **question))


def _of_one_period(facts: Facts, asked: Asked) -> Iterator[Chart]:
    """Yield the main partners of each flow as bars."""
    for flow, code in FLOWS.items():
        rows, question = facts.found("/v1/partners", flow=code, limit=str(PARTS_SHOWN))
        if rows:
            divisor, unit = _scale(rows)
            bars = [(f"{_name(row)} {row['value'] / divisor:.1f}", row["value"] / divisor) for row in reversed(rows)]
            ways = "to" if flow == "exports" else "from"
            title = f"{flow.capitalize()} {ways} the main partners in {asked.when}, {unit}"
            svg = drawn(_bars(bars), name=f"{flow}-partners", title=title)
            yield Chart("partners", title, svg, facts.link("/v1/partners", **question))


def _scale(rows: Sequence[Row]) -> tuple[int, str]:
    """Return by what values are divided to be drawn, and the name of the unit that they are then in."""
    divisor, scale, _ = scale_of(max(row["value"] or 0 for row in rows))
    return divisor, " ".join(part for part in (scale, currency_words(rows[0]["currency"])) if part)


def _scaled(value: int | None, divisor: int) -> float | None:
    return None if value is None else value / divisor


def _lines(periods: Sequence[str], lines: Mapping[str, Sequence[float | None]]) -> pygal.graph.graph.Graph:
    """Return a chart with a line for each name, from zero up, gaps shown."""
    chart = plain_chart(
        pygal.Line,
        height=430,
        show_dots=False,
        include_x_axis=True,
        x_label_rotation=0,
        show_minor_x_labels=False,
        legend_at_bottom_columns=LEGEND_COLUMNS,
    )
    # Room for the rows of the legend after the first, which pygal does not count.
    chart.margin_bottom = 8 + 24 * ((len(lines) - 1) // LEGEND_COLUMNS)
    chart.x_labels = periods
    chart.x_labels_major = periods[:: max(1, -(-len(periods) // MARKS))]
    for name, values in lines.items():
        chart.add(name, values, allow_interruptions=True)
    return chart


def _contributions(facts: Facts, asked: Asked, flow: str) -> Iterator[Chart]:
    found, question = facts.found(
        "/v1/partners",
        has="partner_contribution_pp",
        grows="partner_contribution_pp",
        flow=FLOWS[flow],
        rest="true",
        limit=str(PARTS_SHOWN),
    )
    if not found:
        return
    bars = [
        (f"{_name(row)} {points(row['partner_contribution_pp'])}", row["partner_contribution_pp"])
        for row in _from_below(found)
    ]
    title = f"What partners brought of the growth of {flow} in {period_words(asked.period)}, percentage points"
    svg = drawn(_bars(bars), name=f"{flow}-contributions", title=title)
    yield Chart("contributions", title, svg, facts.link("/v1/partners", **question))


def _from_below(rows: Sequence[Row]) -> list[Row]:
    """Return the rows as bars are drawn, from below: the rest first, and what brought most last."""
    rest = [row for row in rows if row["partner"] in REST]
    partners = [row for row in rows if row["partner"] not in REST]
    return [*reversed(rest), *sorted(partners, key=lambda row: row["partner_contribution_pp"])]


def _bars(bars: Sequence[tuple[str, float]]) -> pygal.graph.graph.Graph:
    """Return a chart with a bar for each pair of label and value, from below; the label tells the value."""
    chart = plain_chart(
        pygal.HorizontalBar, height=36 * len(bars) + 24, show_legend=False, show_x_labels=False, show_x_guides=False
    )
    chart.x_labels = [label for label, _ in bars]
    chart.add("", [{"value": value, "color": UP if value >= 0 else DOWN} for _, value in bars])
    return chart


def _name(row: Row) -> str:
    name: str = row["partner_name"]
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
