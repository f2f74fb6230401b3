"""Bar charts of rankings: a bar for each of the largest rows by a measure, and one for the sum of the others."""

from collections.abc import Callable, Sequence
from typing import Any

from service.api.charts.findings import contribution_column, ranking_share_column
from service.api.charts.options import ChartOptions
from service.api.charts.readings import BAR_LAYER, balance_reading, ranking_reading, reading_layer, sum_reading
from service.api.charts.series import ChartRow
from service.api.charts.theme import LABEL_SIZE, PALETTES, Specification, source_title, text_width
from service.domain.text import (
    MINUS_SIGN,
    currency_name,
    describe_members,
    display_scale,
    format_growth,
    format_percent,
    format_points,
    short_area_name,
)

MAX_BARS = 12
BAR_STEP_PX = 27
MAX_NAME_CHARACTERS, MAX_NARROW_NAME_CHARACTERS = 30, 17
RESIDUAL_CODES = ("other", "unallocated")
Bar = dict[str, Any]


def ranking_column(row: ChartRow, measure: str) -> str:
    """Return the name of the column that a chart of a ranking draws for a measure, such as `yoy_pct` for `growth`."""
    columns = {
        "growth": "yoy_pct",
        "share": ranking_share_column(row),
        "contribution": contribution_column(row),
        "balance": "balance",
    }
    return columns.get(measure, "value")


def order_by_size(rows: Sequence[ChartRow], column: str) -> list[ChartRow]:
    """Return the rows that have a number in a column, by its absolute value, the largest first.

    Of two numbers with the same absolute value the positive one comes first.
    """
    return sorted((row for row in rows if row[column] is not None), key=lambda row: (-abs(row[column]), -row[column]))


def ranking_bars(rows: Sequence[ChartRow], measure: str) -> tuple[list[Bar], str]:
    """Return the bars of a ranking, and the name of the unit of their numbers.

    Each of the MAX_BARS largest rows has a bar. All further rows together have one bar with their sum, unless the
    measure is `growth`, which cannot be added up.
    """
    column = ranking_column(rows[0], measure)
    single_rows = [row for row in rows if not is_residual(row)]
    residual_rows = [row for row in rows if is_residual(row) and row[column] is not None and measure != "growth"]
    ordered = order_by_size(single_rows, column)
    if measure == "growth":
        ordered = order_by_size(single_rows, "value" if "value" in rows[0] else "balance")
        ordered = sorted((row for row in ordered[:MAX_BARS] if row[column] is not None), key=lambda row: -row[column])
    leading, others = ordered[:MAX_BARS], ordered[MAX_BARS:]
    divisor, unit, describe = _unit(leading, column, measure)

    def bar(row: ChartRow) -> Bar:
        number, kind = float(row[column] / divisor), _kind(row, column)
        label, reading = describe(row), _reading(row)
        return {"name": _row_name(row), "number": number, "label": label, "kind": kind, "reading": reading}

    bars = [bar(row) for row in leading]
    if others and measure != "growth":
        total, name = sum(row[column] for row in others), f"All others ({len(others)})"
        label = describe({**others[0], column: total, "yoy_pct": None})
        reading = sum_reading(others, column, name=name)
        number = float(total / divisor)
        bars.append({"name": name, "number": number, "label": label, "kind": "residual", "reading": reading})
    bars += [bar(row) for row in residual_rows]
    return bars, unit


def bar_chart(bars: Sequence[Bar], options: ChartOptions, *, source: str) -> Specification:
    """Return the specification of a bar chart with a label at each bar.

    `source` is the text below the chart, which names the sources of the figures.
    """
    palette = PALETTES[options.theme]
    characters = MAX_NARROW_NAME_CHARACTERS if options.is_narrow else MAX_NAME_CHARACTERS
    name_width = text_width(max((bar["name"][:characters] for bar in bars), key=len)) + 16
    label_width = max(text_width(bar["label"]) for bar in bars) + 12
    width = max(140, options.width - 20 - name_width)
    domain = _domain(bars, label_share=min(0.6, label_width / width))
    y = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "domain": False, "ticks": False, "labelLimit": name_width, "labelColor": palette.text},
    }
    x = {
        "field": "number",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False},
        "axis": {"labels": False, "ticks": False, "grid": False, "domain": False}
        | source_title(options, source, left=name_width - 10),
    }
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {
            "domain": ["increase", "decrease", "residual"],
            "range": [palette.increase, palette.decrease, palette.residual],
        },
        "legend": None,
    }
    rule = {"type": "rule", "color": palette.baseline, "strokeWidth": 1}
    layers: list[Specification] = [
        {"mark": {"type": "bar", "height": {"band": 0.68}}, "encoding": {"x": x, "y": y, "color": colour}},
        {"data": {"values": [{"number": 0}]}, "mark": rule, "encoding": {"x": x}},
        *(_label_layer(x, y, is_negative=is_negative, colour=palette.text) for is_negative in (False, True)),
        reading_layer(BAR_LAYER, x, y, colour=colour),
    ]
    height = len(bars) * BAR_STEP_PX
    return {"data": {"values": list(bars)}, "width": width, "height": height, "layer": layers}


def _label_layer(x: Specification, y: Specification, *, is_negative: bool, colour: str) -> Specification:
    return {
        "transform": [{"filter": f"datum.number {'<' if is_negative else '>='} 0"}],
        "mark": {
            "type": "text",
            "align": "right" if is_negative else "left",
            "baseline": "middle",
            "dx": -6 if is_negative else 6,
            "fontSize": LABEL_SIZE,
            "color": colour,
        },
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }


def _domain(bars: Sequence[Bar], *, label_share: float) -> list[float]:
    """Return the bounds of the axis, with room for labels at the ends of bars."""
    numbers = [bar["number"] for bar in bars]
    low, high = min(0, *numbers, 0), max(0, *numbers, 0)
    sides = (low < 0) + (high > 0)
    span = (high - low or 1) / max(0.2, 1 - sides * label_share)
    return [low - (low < 0) * span * label_share, high + (high > 0) * span * label_share]


def _unit(rows: Sequence[ChartRow], column: str, measure: str) -> tuple[float, str, Callable[[ChartRow], str]]:
    """Return the divisor of numbers, the name of their unit, and the function that labels a row."""
    if measure == "growth":
        return 1, "growth from a year earlier in percent", lambda row: format_growth(row[column])
    if measure == "share":
        return 1, "share in percent", lambda row: format_percent(row[column])
    if measure == "contribution":
        return (
            1,
            "percentage points of the growth of the total",
            lambda row: format_points(row[column]).replace("-", MINUS_SIGN),
        )
    divisor, scale, decimals = display_scale(max((abs(row[column]) for row in rows), default=0))
    unit = f"{scale} {currency_name(rows[0]['currency'])}".strip() if rows else ""

    def describe(row: ChartRow) -> str:
        growth_pct = row.get("yoy_pct")
        growth = "" if growth_pct is None else f"  ({format_growth(growth_pct)})"
        return f"{row[column] / divisor:,.{decimals}f}{growth}".replace("-", MINUS_SIGN)

    return divisor, unit, describe


def is_residual(row: ChartRow) -> bool:
    """Return whether a row is a residual: the part of a total that no other row has, such as `Not broken down`."""
    return row["partner"] in RESIDUAL_CODES or row["commodity"] in RESIDUAL_CODES


def _kind(row: ChartRow, column: str) -> str:
    if is_residual(row):
        return "residual"
    return "increase" if row[column] >= 0 else "decrease"


def _reading(row: ChartRow) -> str:
    if "balance" in row:
        return balance_reading(row, name=_row_name(row))
    columns = {"contribution": contribution_column(row), "share": ranking_share_column(row)}
    return ranking_reading(row, name=_row_name(row), **columns)


def _row_name(row: ChartRow) -> str:
    if "level" in row or row.get("names_commodity"):
        return str(row["commodity_name"])
    return f"{short_area_name(row['partner_name'])}{describe_members(row)}"
