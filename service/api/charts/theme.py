"""The theme of charts: colours with sufficient contrast in light and dark, fonts, and the common parts of a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from service.api.charts.options import ChartOptions

Specification = dict[str, Any]
VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
CHARACTER_WIDTH_EM = 0.53
"""Mean width of a character, in units of the font size."""
LABEL_SIZE = 13
FLOW_COLOURS = {"X": 0, "M": 4}
"""Positions of the colours of exports and imports in the series of a palette."""


@dataclass(frozen=True)
class Palette:
    """The colours of a theme. `series` are the colours of lines, in the order in which they are used."""

    background: str
    text: str
    secondary_text: str
    grid: str
    baseline: str
    increase: str
    decrease: str
    residual: str
    series: Sequence[str]

    def flow_colours(self, flows: Sequence[str]) -> Sequence[str]:
        """Return a colour for each line, given the code of its flow, such as `X`.

        Exports and imports have colours of their own. If two lines have the same flow, or a line has another flow, the
        lines have the colours of the palette in order.
        """
        if len(set(flows)) < len(flows) or not set(flows) <= set(FLOW_COLOURS):
            return self.series[: len(flows)]
        return [self.series[FLOW_COLOURS[flow]] for flow in flows]


PALETTES = {
    "light": Palette(
        background="#ffffff",
        text="#14191d",
        secondary_text="#55616a",
        grid="#e3e8eb",
        baseline="#8b979f",
        increase="#0b62a8",
        decrease="#b8430b",
        residual="#8b979f",
        series=("#0b62a8", "#b8430b", "#1d7a46", "#7d3c9c", "#8a6100", "#4a5861"),
    ),
    "dark": Palette(
        background="#14181b",
        text="#eef2f4",
        secondary_text="#a9b5bd",
        grid="#2d353b",
        baseline="#7b8891",
        increase="#6cb4f3",
        decrease="#ff9c6e",
        residual="#7b8891",
        series=("#6cb4f3", "#ff9c6e", "#6fd093", "#cda4ee", "#e2ba50", "#b4c0c8"),
    ),
}


def text_width(text: str, *, size: int = LABEL_SIZE) -> int:
    """Return the approximate width in pixels of the widest line of a text."""
    return round(max(map(len, text.split("\n")), default=0) * size * CHARACTER_WIDTH_EM)


def chart_frame(options: ChartOptions, *, title: str, subtitle: str) -> Specification:
    """Return the parts of a specification that every chart has: title, subtitle, description, background and style."""
    palette = PALETTES[options.theme]
    title_size = 17 if options.is_narrow else 20
    line_characters = round(options.width / (title_size * CHARACTER_WIDTH_EM))
    subtitle_lines = wrap(subtitle, round(options.width / (LABEL_SIZE * CHARACTER_WIDTH_EM)))
    text: Specification
    if options.has_title:
        text = {"text": wrap(title, line_characters), "subtitle": subtitle_lines, "fontSize": title_size}
        text |= {"fontWeight": 600, "color": palette.text, "lineHeight": round(title_size * 1.25)}
    else:
        text = {"text": subtitle_lines, "fontSize": LABEL_SIZE, "fontWeight": 400, "color": palette.secondary_text}
    return {
        "$schema": VEGA_LITE_SCHEMA,
        "description": f"{title}. {subtitle}",
        "title": {
            **text,
            "anchor": "start",
            "frame": "bounds",
            "subtitleColor": palette.secondary_text,
            "subtitleFontSize": LABEL_SIZE,
            "subtitleLineHeight": 18,
            "subtitlePadding": 6,
            "offset": 18,
        },
        "background": palette.background,
        "padding": 10 if options.has_title else 2,
        "config": _style(palette),
    }


def source_title(options: ChartOptions, source: str, *, left: int) -> Specification:
    """Return the Vega-Lite properties by which the title of an axis shows `source`, the sources of the figures.

    The title begins `left` pixels to the left of the axis.
    """
    characters = round((options.width - 40) / (12 * CHARACTER_WIDTH_EM))
    return {
        "title": wrap(source, characters),
        "titleAnchor": "start",
        "titleAlign": "left",
        "titleX": -left,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "titlePadding": 14,
        "titleColor": PALETTES[options.theme].secondary_text,
    }


def _style(palette: Palette) -> Specification:
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": palette.secondary_text,
            "labelFontSize": LABEL_SIZE,
            "gridColor": palette.grid,
            "domainColor": palette.baseline,
            "tickColor": palette.baseline,
            "labelPadding": 6,
        },
    }
