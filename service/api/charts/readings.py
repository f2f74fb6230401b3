"""Readings of a chart: the text for each of its points, for the mouse pointer, the keyboard and screen readers.

Their layer has invisible points. A page shows the reading of the point nearest to the pointer, an SVG has the readings
as labels.
"""

from collections.abc import Sequence

from service.api.charts.findings import describe_balance
from service.api.charts.series import ChartRow, describe_status, period_heading
from service.api.charts.theme import Specification
from service.domain.text import (
    MINUS_SIGN,
    describe_growth,
    format_growth,
    format_money,
    format_percent,
    format_points,
    format_value,
)

PERIOD_LAYER = "period_readings"
"""Name of the layer whose points share a heading, the period; a suffix tells the layers of two panels apart."""
BAR_LAYER = "bar_readings"
READING_SIZE = 16


def reading_layer(name: str, x: Specification, y: Specification, *, colour: Specification) -> Specification:
    """Return a layer of invisible points, which show the text of their field `reading` as a tooltip.

    `name` is the name of the layer. `x`, `y` and `colour` are the Vega-Lite encodings of the visible points.
    """
    words = {"field": "reading"}
    return {
        "name": name,
        "transform": [{"filter": "datum.number != null && datum.reading != null"}],
        "mark": {"type": "point", "filled": True, "opacity": 0, "size": READING_SIZE},
        "encoding": {"x": x, "y": y, "color": colour, "description": words, "tooltip": words},
    }


def series_reading(row: ChartRow, measure: str, number: float | None, *, name: str) -> str:
    """Return a text such as `January 2024: China: 1.25 trillion yen, up 29.2% from a year earlier, provisional`.

    For the measures `share` and `index` the text also states `number`, the share or index that the chart draws. `name`
    is the name of the series; it is empty if the chart has only one series.
    """
    parts = [format_value(row), describe_growth(row), describe_status(row)]
    if number is not None and measure in {"share", "index"}:
        parts.insert(0, f"{format_percent(number)} of the total" if measure == "share" else f"index {number:.1f}")
    return ": ".join(part for part in (period_heading(row), name, ", ".join(parts)) if part)


def ranking_reading(row: ChartRow, *, name: str, contribution: str, share: str) -> str:
    """Return a text such as `China: 1.25 trillion yen, up 29.2% from a year earlier, 17.1% of the total, provisional`.

    `contribution` and `share` are the names of the columns with the contribution to growth and with the share. A null
    in one of these columns is left out of the text.
    """
    parts = [] if row["value"] is None else [format_value(row)]
    parts.append(describe_growth(row))
    if row[contribution] is not None:
        parts.append(_describe_points(row[contribution]))
    if row[share] is not None:
        parts.append(f"{format_percent(row[share])} of the total")
    return f"{name}: {', '.join([*parts, describe_status(row)])}"


def balance_reading(row: ChartRow, *, name: str = "") -> str:
    """Return a text such as `January 2024: Deficit of 2 billion yen, after a deficit of 4 billion yen a year earlier`.

    The text begins with `name`, such as the name of a bar; it begins with the period if `name` is empty.
    """
    words = describe_balance(row["balance"], row["currency"]).removeprefix("a ")
    if row["balance_status"] == "ok":
        words += f", after {describe_balance(row['balance_base'], row['currency'])} a year earlier"
    return f"{name or period_heading(row)}: {words[:1].upper()}{words[1:]}"


def flow_reading(row: ChartRow, flow: str) -> str:
    """Return a text such as `January 2024: Exports 7.33 trillion yen, up 11.9% from a year earlier`.

    `row` is the row of a balance, and `flow` is `Exports` or `Imports`.
    """
    growth_pct = row[f"{flow.lower()}_yoy_pct"]
    growth = "" if growth_pct is None else f", {format_growth(growth_pct)} from a year earlier"
    return f"{period_heading(row)}: {flow} {format_money(row[f'{flow.lower()}_value'], row['currency'])}{growth}"


def sum_reading(rows: Sequence[ChartRow], column: str, *, name: str) -> str:
    """Return a text such as `All others (5): 2.1 trillion yen` for the bar that shows the sum of `rows`.

    `column` is the column that the bars draw, and `name` is the name of the bar.
    """
    total = sum(row[column] for row in rows)
    if column == "balance":
        return f"{name}: {describe_balance(total, rows[0]['currency']).removeprefix('a ').capitalize()}"
    if column == "value":
        return f"{name}: {format_money(total, rows[0]['currency'])}"
    if column.endswith("_pp"):
        return f"{name}: {_describe_points(total)}"
    return f"{name}: {format_percent(total)} of the total"


def _describe_points(number: float) -> str:
    return f"{format_points(number)} points of the growth of the total".replace("-", MINUS_SIGN)
