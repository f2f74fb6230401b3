"""Charts of a balance over time: lines of exports and imports, and below them bars of the balance."""

from collections.abc import Sequence
from typing import Any

from service.api.charts.line_chart import AXIS_LABEL_WIDTH_PX, LABEL_OFFSET_PX, Y_AXIS_WIDTH_PX, incomplete_mark
from service.api.charts.options import ChartOptions
from service.api.charts.readings import PERIOD_LAYER, balance_reading, flow_reading, reading_layer
from service.api.charts.series import ChartRow
from service.api.charts.theme import LABEL_SIZE, PALETTES, Specification, source_title, text_width
from service.api.charts.time_axis import period_start_date, time_axis
from service.domain.periods import parse_period
from service.domain.text import currency_name, describe_months, display_scale

FLOW_COLUMNS = {"Exports": "exports_value", "Imports": "imports_value"}
BALANCE_HEIGHT_PX = 110


def balance_unit(rows: Sequence[ChartRow]) -> tuple[int, str]:
    """Return the divisor that scales exports, imports and balances to a readable unit, and the name of the unit."""
    values = [abs(row[column] or 0) for row in rows for column in (*FLOW_COLUMNS.values(), "balance")]
    divisor, scale, _ = display_scale(max(values, default=0))
    return divisor, f"{scale} {currency_name(rows[0]['currency'])}".strip()


def balance_chart(rows: Sequence[ChartRow], options: ChartOptions, *, source: str) -> Specification:
    """Return the specification of a chart with two panels above one time axis: exports and imports, and the balance.

    `rows` are the balances with one partner in one commodity, in ascending order of their periods. `source` is the text
    below the chart, which names the sources of the figures.
    """
    palette = PALETTES[options.theme]
    divisor, _ = balance_unit(rows)
    rows = _rows_with_gaps(rows)
    label_width = text_width("Exports") + LABEL_OFFSET_PX
    width = max(160, options.width - 20 - Y_AXIS_WIDTH_PX - label_width)
    height = min(300, max(190, round(options.width * 0.34)))
    periods = [row["period"] for row in rows]
    bar_width = max(1.5, min(26, 0.7 * width / len(rows)))
    axis = time_axis(periods, width=width)
    flows = {
        "data": {"values": _flow_points(rows, divisor)},
        "width": width,
        "height": height,
        "layer": _flow_layers(
            _x(axis | {"labels": False, "ticks": False, "title": None, "domain": False}, bar_width), options
        ),
    }
    x = _x(axis | source_title(options, source, left=AXIS_LABEL_WIDTH_PX) | {"domain": False}, bar_width)
    balance = {
        "data": {"values": _balance_points(rows, divisor)},
        "width": width,
        "height": BALANCE_HEIGHT_PX,
        "layer": [
            {
                "mark": {"type": "bar", "width": bar_width},
                "encoding": {
                    "x": x,
                    "y": _y(),
                    "color": {
                        "condition": {"test": "datum.number < 0", "value": palette.decrease},
                        "value": palette.increase,
                    },
                    "opacity": {"condition": {"test": "datum.is_incomplete", "value": 0.45}, "value": 1},
                },
            },
            _zero_rule(palette.baseline),
            {
                "data": {"values": [{"date": period_start_date(periods[-1]), "number": 0, "label": "Balance"}]},
                "mark": _label_mark(round(bar_width / 2) + LABEL_OFFSET_PX) | {"color": palette.text},
                "encoding": {"x": x, "y": _y(), "text": {"field": "label"}},
            },
            reading_layer(f"{PERIOD_LAYER}_of_balance", x, _y(), colour={"value": palette.text}),
        ],
    }
    return {"vconcat": [flows, balance], "spacing": 18}


def _rows_with_gaps(rows: Sequence[ChartRow]) -> list[ChartRow]:
    """Return the rows with one of null values for each period between them that is not published."""
    period = parse_period(rows[0]["period"])
    months = period.months
    row_by_month = {parse_period(row["period"]).first_month: row for row in rows}
    missing = dict.fromkeys((*FLOW_COLUMNS.values(), "balance"))
    return [
        row_by_month.get(month) or {**rows[-1], **missing, "period": str(period.shift(month - period.first_month))}
        for month in range(min(row_by_month), max(row_by_month) + 1, months)
    ]


def _flow_layers(x: Specification, options: ChartOptions) -> list[Specification]:
    palette = PALETTES[options.theme]
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(FLOW_COLUMNS), "range": palette.flow_colours(["X", "M"])},
        "legend": None,
    }
    label = {
        "transform": [{"filter": "datum.label_number != null"}],
        "mark": _label_mark(LABEL_OFFSET_PX),
        "encoding": {
            "x": x,
            "y": {**_y(), "field": "label_number"},
            "color": colour,
            "text": {"field": "series"},
        },
    }
    line = {"type": "line", "strokeWidth": 2.5, "strokeJoin": "round", "point": {"size": 18}}
    incomplete = {
        "transform": [{"filter": "datum.is_incomplete && datum.number != null"}],
        "mark": incomplete_mark(palette),
        "encoding": {"x": x, "y": _y(), "stroke": colour},
    }
    return [
        _zero_rule(palette.baseline),
        {
            "transform": [{"calculate": "datum.is_incomplete ? null : datum.number", "as": "line_number"}],
            "mark": line,
            "encoding": {"x": x, "y": {**_y(), "field": "line_number"}, "color": colour},
        },
        incomplete,
        reading_layer(f"{PERIOD_LAYER}_of_flows", x, _y(), colour=colour),
        label,
    ]


def _flow_points(rows: Sequence[ChartRow], divisor: int) -> list[dict[str, Any]]:
    """Return the points of both lines. Labels of lines that end close together are moved apart."""
    last_values = [(rows[-1][column] or 0) / divisor for column in FLOW_COLUMNS.values()]
    span = max(max(row[column] or 0 for row in rows) for column in FLOW_COLUMNS.values()) / divisor or 1
    gap = 0.09 * span
    middle, distance = sum(last_values) / 2, max(abs(last_values[0] - last_values[1]), gap)
    direction = 1 if last_values[0] >= last_values[1] else -1
    places = dict(
        zip(FLOW_COLUMNS, (middle + direction * distance / 2, middle - direction * distance / 2), strict=True)
    )
    return [
        {
            "date": period_start_date(row["period"]),
            "period": row["period"],
            "series": name,
            "number": None if row[column] is None else row[column] / divisor,
            "reading": None if row[column] is None else flow_reading(row, name),
            "is_incomplete": bool(describe_months(row)),
            "label_number": places[name] if row is rows[-1] else None,
        }
        for name, column in FLOW_COLUMNS.items()
        for row in rows
    ]


def _balance_points(rows: Sequence[ChartRow], divisor: int) -> list[dict[str, Any]]:
    return [
        {
            "date": period_start_date(row["period"]),
            "period": row["period"],
            "number": None if row["balance"] is None else row["balance"] / divisor,
            "reading": None if row["balance"] is None else balance_reading(row),
            "is_incomplete": bool(describe_months(row)),
        }
        for row in rows
    ]


def _x(axis: dict[str, Any], bar_width: float) -> Specification:
    scale = {"type": "utc", "padding": bar_width / 2 + 4}
    return {"field": "date", "type": "temporal", "scale": scale, "axis": axis}


def _y() -> Specification:
    axis = {
        "title": None,
        "tickCount": 4,
        "format": ",~f",
        "domain": False,
        "ticks": False,
        "minExtent": AXIS_LABEL_WIDTH_PX,
    }
    return {"field": "number", "type": "quantitative", "scale": {"zero": True, "nice": True}, "axis": axis}


def _zero_rule(colour: str) -> Specification:
    return {
        "data": {"values": [{"number": 0}]},
        "mark": {"type": "rule", "color": colour, "strokeWidth": 1},
        "encoding": {"y": _y()},
    }


def _label_mark(offset: int) -> Specification:
    return {
        "type": "text",
        "align": "left",
        "baseline": "middle",
        "dx": offset,
        "fontSize": LABEL_SIZE,
        "fontWeight": 600,
    }
