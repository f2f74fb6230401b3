"""Charts of a briefing, drawn as SVG without any script."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

import pygal
from markupsafe import Markup
from pygal.style import Style

from service.api.periods import parse_period, period_text
from service.resources.briefings.contents import ALL_ROWS, Asked
from service.resources.briefings.facts import Facts, Row
from service.resources.briefings.wording import CURRENCIES, period_words, scale_of

PERIODS_SHOWN = 25
PARTNERS_SHOWN, PARTS_SHOWN = 5, 8
SVG = "{http://www.w3.org/2000/svg}"
COLOURS = ("#0b5fa5", "#c1440e", "#2e7d32", "#7b3fa0", "#b8860b", "#5f6b73")
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#26323a",
    foreground_strong="#10181d",
    foreground_subtle="#5f6b73",
    colors=COLOURS,
    font_family="system-ui, sans-serif",
    label_font_size=20,
    major_label_font_size=20,
    legend_font_size=20,
    value_font_size=20,
    value_label_font_size=20,
    title_font_size=20,
    stroke_width="2.5",
)


@dataclass(frozen=True)
class Chart:
    """A drawing, what it shows in words, and the request that its figures are from."""

    title: str
    svg: Markup
    link: str


def charts(facts: Facts, asked: Asked) -> list[Chart]:
    """Return the charts of a briefing; one for which there are no figures is left out."""
    return [
        *_main_partners(facts, asked),
        *_contributions(facts, asked, "exports", "X"),
        *_contributions(facts, asked, "imports", "M"),
    ]


def _main_partners(facts: Facts, asked: Asked) -> Iterator[Chart]:
    main = facts.rows("/v1/partners", flow="X", limit=str(PARTNERS_SHOWN))
    if not main:
        return
    last = parse_period(asked.period)
    first = period_text(last.first - (PERIODS_SHOWN - 1) * last.months, months=last.months)
    codes = ",".join(row["partner"] for row in main)
    question = {"flow": "X", "partner": codes, "period": f"{first}..{asked.period}", "limit": ALL_ROWS}
    rows = facts.rows("/v1/series", **question)
    divisor, scale, _ = scale_of(max(row["value"] or 0 for row in rows))
    unit = " ".join(part for part in (scale, CURRENCIES.get(rows[0]["currency"], rows[0]["currency"])) if part)
    chart = _plain(pygal.Line, width=720, height=520, show_dots=False, x_label_rotation=0, show_minor_x_labels=False)
    periods = sorted({row["period"] for row in rows})
    chart.margin_bottom = 48  # room for the second row of the legend, which pygal does not count
    chart.x_labels = periods
    chart.x_labels_major = periods[:: max(1, len(periods) // 4)]
    for row in main:
        own = {one["period"]: one["value"] for one in rows if one["partner"] == row["partner"]}
        values = [None if own.get(period) is None else own[period] / divisor for period in periods]
        chart.add(row["partner_name"], values, allow_interruptions=True)
    title = f"Exports to the main partners, {unit}, {periods[0]} to {periods[-1]}"
    yield Chart(title, _drawn(chart, "partners", title), facts.link("/v1/series", **question))


def _contributions(facts: Facts, asked: Asked, flow: str, code: str) -> Iterator[Chart]:
    question = {"flow": code, "rest": "true", "limit": str(PARTS_SHOWN)}
    rows = facts.rows("/v1/partners", **question)
    known = [row for row in rows if row["partner_contribution_pp"] is not None]
    if not known:
        return
    chart = _plain(pygal.HorizontalBar, width=720, height=60 + 48 * len(known), show_legend=False, print_values=True)
    chart.value_formatter = lambda points: f"{points:+.1f}"
    chart.x_labels = [_label(row) for row in reversed(known)]
    chart.add("points", [_bar(row) for row in reversed(known)])
    title = f"What contributed to the growth of {flow} in {period_words(asked.period)}, percentage points"
    yield Chart(title, _drawn(chart, f"{flow}-contributions", title), facts.link("/v1/partners", **question))


def _bar(row: Row) -> dict[str, object]:
    points = row["partner_contribution_pp"]
    return {"value": points, "color": COLOURS[0] if points >= 0 else COLOURS[1]}


def _label(row: Row) -> str:
    name: str = row["partner_name"]
    return name if len(name) <= 22 else f"{name[:21]}…"


def _plain(kind: type, **options: object) -> pygal.graph.graph.Graph:
    """Return a chart of that kind, which fills the width that it is given and loads nothing."""
    return kind(
        style=STYLE,
        js=[],
        explicit_size=False,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        truncate_legend=-1,
        truncate_label=-1,
        margin=8,
        **options,
    )


def _drawn(chart: pygal.graph.graph.Graph, name: str, title: str) -> Markup:
    """Return the drawing, the same one for the same figures: without the script, the number and the day of making."""
    chart.uuid = name
    tree: Tree.Element = chart.render_tree()
    tree.set("role", "img")
    tree.set("aria-label", title)
    for parent in list(tree.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in {"script", f"{SVG}script"}:  # a comment has no name
                parent.remove(child)
    return Markup(Tree.tostring(tree, encoding="unicode"))  # noqa: S704 - made of elements, whose text is escaped
