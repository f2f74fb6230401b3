"""The style of charts, and their rendering as SVG without scripts."""

from typing import Any
from xml.etree import ElementTree as Tree

import pygal
from markupsafe import Markup
from pygal.style import Style

SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"
CHART_WIDTH = 520
"""Width of a chart in SVG units; with a font size of 17 units its text is readable on a phone."""
FONT_SIZE = 17
INCREASE_COLOUR, DECREASE_COLOUR = "#0b5fa5", "#c1440e"
CHART_COLOURS = (INCREASE_COLOUR, DECREASE_COLOUR, "#2e7d32", "#7b3fa0", "#b8860b", "#5f6b73")
CHART_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#26323a",
    foreground_strong="#10181d",
    foreground_subtle="#5f6b73",
    guide_stroke_color="#d5dce0",
    guide_stroke_dasharray="0",
    major_guide_stroke_color="#d5dce0",
    major_guide_stroke_dasharray="0",
    colors=CHART_COLOURS,
    font_family="system-ui, sans-serif",
    label_font_size=FONT_SIZE,
    major_label_font_size=FONT_SIZE,
    legend_font_size=FONT_SIZE,
    opacity=".85",
    stroke_opacity="1",
    stroke_width="2.5",
)


def create_chart(chart_class: type, **options: Any) -> pygal.graph.graph.Graph:
    """Return an empty chart of a pygal class; it scales to the width of its container and loads no resources."""
    return chart_class(
        style=CHART_STYLE,
        js=[],
        width=CHART_WIDTH,
        explicit_size=False,
        legend_at_bottom=True,
        truncate_legend=-1,
        truncate_label=-1,
        margin=8,
        **options,
    )


def render_svg(chart: pygal.graph.graph.Graph, *, name: str, title: str) -> Markup:
    """Return the chart as SVG without scripts and comments; equal figures give equal text."""
    chart.uuid = name
    tree: Tree.Element = chart.render_tree()
    tree.set("role", "img")
    tree.set("aria-label", title)
    for parent in list(tree.iter()):
        for child in list(parent):
            is_comment = not isinstance(child.tag, str)
            if is_comment or child.tag in {"script", f"{SVG_NAMESPACE}script"}:
                parent.remove(child)
    return Markup(Tree.tostring(tree, encoding="unicode"))  # noqa: S704 - made of elements, whose text is escaped
