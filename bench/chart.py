"""The rates of all contestants as a drawing."""

from collections.abc import Mapping
from typing import Any

import pygal
from pygal.style import Style

from bench.load_tests import NEW
from bench.measurement import Rate, rates
from bench.queries import QUESTIONS

BESIDE = "PostgREST"
COLOURS = (
    "#08306b", "#4292c6", "#00441b", "#41ab5d", "#bdbdbd", "#969696", "#737373", "#525252",
    "#e6550d", "#756bb1", "#dd1c77", "#8c6d31",
)  # fmt: skip
"""Dark for what is new, light for what was asked before, grey for what has no figures."""


def draw(measured: Mapping[str, Any]) -> str:
    """Return bars, for each question and contestant how many times as fast as PostgREST it is, as SVG."""
    chart = pygal.Bar(
        style=Style(colors=COLOURS, background="white", plot_background="white", legend_font_size=12),
        logarithmic=True,
        width=1100,
        height=560,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        js=(),
        truncate_legend=-1,
        truncate_label=-1,
        title=f"Answers a second over those of {BESIDE} (1 = as many)",
    )
    names = [name for name, found in measured["questions"].items() if found["lanes"]]
    chart.x_labels = [QUESTIONS[name].title for name in names]
    by_question = [_ratios(measured["questions"][name]["lanes"]) for name in names]
    for line in dict.fromkeys(line for ratios in by_question for line in ratios):
        chart.add(line, [ratios.get(line) for ratios in by_question])
    drawn: str = chart.render(is_unicode=True)
    return drawn


def _ratios(lanes: list[Mapping[str, Any]]) -> dict[str, float]:
    all_rates = rates(lanes)
    beside = next((rate for rate in all_rates if rate.contestant == BESIDE), None)
    if beside is None:
        return {}
    return {_label(rate): round(rate.over(beside), 3) for rate in all_rates if rate.contestant != BESIDE}


def _label(rate: Rate) -> str:
    """Return its name, and the way it is asked where there are several."""
    only = not rate.contestant.startswith("tradeflows") and rate.way == NEW
    return rate.contestant if only else f"{rate.contestant}, {rate.way}"
