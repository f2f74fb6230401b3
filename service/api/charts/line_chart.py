"""Line charts of time series: value, growth, share or index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import fill
from typing import Any

from service.api.charts.options import ChartOptions
from service.api.charts.readings import PERIOD_LAYER, reading_layer, series_reading
from service.api.charts.series import Series, is_provisional, series_names, share_column
from service.api.charts.theme import LABEL_SIZE, PALETTES, Palette, Specification, source_title, text_width
from service.api.charts.time_axis import period_start_date, time_axis
from service.domain.text import currency_name, describe_months, display_scale, format_period

Y_AXIS_WIDTH_PX = 52
AXIS_LABEL_WIDTH_PX = 34
MAX_LABEL_CHARACTERS = 22
MAX_NARROW_LABEL_CHARACTERS = 14
LABEL_OFFSET_PX = 9
LINE_HEIGHT_PX = LABEL_SIZE + 3
Point = dict[str, Any]


@dataclass(frozen=True)
class Measurement:
    """The numbers that a chart draws, and their unit.

    `numbers` has a list for each series, with a number or null for each of its rows. `baseline` is the value of the
    horizontal reference line, such as 0 for growth.
    """

    numbers: Sequence[Sequence[float | None]]
    unit: str
    baseline: float = 0


def measure_series(all_series: Sequence[Series], measure: str) -> Measurement:
    """Return the numbers that a chart draws for the series.

    `measure` is `value`, `growth`, `share` or `index`. Values are scaled to a readable unit, such as billion yen.
    """
    if measure == "growth":
        return Measurement(_columns(all_series, "yoy_pct"), "growth from a year earlier in percent")
    if measure == "share":
        numbers = [[row[share_column(row)] for row in series.rows] for series in all_series]
        return Measurement(numbers, "share in percent")
    if measure == "index":
        return _index(all_series)
    values = _columns(all_series, "value")
    divisor, scale, _ = display_scale(max((abs(value) for column in values for value in column if value), default=0))
    currency = currency_name(all_series[0].rows[0]["currency"])
    scaled = [[None if value is None else value / divisor for value in column] for column in values]
    return Measurement(scaled, f"{scale} {currency}".strip())


def trim_series(all_series: Sequence[Series], measurement: Measurement) -> tuple[list[Series], Measurement]:
    """Return the series and their numbers without the parts in which there is nothing to draw.

    Series without any number are left out, and so are the periods before the first and after the last number of all
    series. If no series has a number, nothing is left out.
    """
    pairs = [
        list(zip(series.rows, numbers, strict=True))
        for series, numbers in zip(all_series, measurement.numbers, strict=True)
    ]
    periods = [row["period"] for rows in pairs for row, number in rows if number is not None]
    if not periods:
        return list(all_series), measurement
    first, last = min(periods), max(periods)
    kept_pairs = [
        [(row, number) for row, number in rows if first <= row["period"] <= last]
        for rows in pairs
        if any(number is not None for _, number in rows)
    ]
    series = [Series([row for row, _ in rows]) for rows in kept_pairs]
    return series, replace(measurement, numbers=[[number for _, number in rows] for rows in kept_pairs])


def line_chart(
    all_series: Sequence[Series], measurement: Measurement, options: ChartOptions, *, source: str
) -> Specification:
    """Return the specification of a line chart with labels at the ends of the lines; missing figures are gaps.

    Provisional figures are hollow points. Incomplete periods are hollow diamonds that the line does not reach, because
    a line to the sum of a few months of a year would look like a fall. `source` is the text below the chart, which
    names the sources of the figures.
    """
    palette = PALETTES[options.theme]
    names = _wrap_names(series_names(all_series), options)
    height = _height(options)
    label_width = max(map(text_width, names)) + LABEL_OFFSET_PX if len(names) > 1 else 2 * LABEL_OFFSET_PX
    width = max(160, options.width - 20 - Y_AXIS_WIDTH_PX - label_width)
    points = [
        point
        for series, name, numbers in zip(all_series, names, measurement.numbers, strict=True)
        for point in _points(series, name, numbers, measure=options.measure, is_single=len(names) == 1)
    ]
    periods = sorted({row["period"] for series in all_series for row in series.rows})
    bounds = _bounds(points, measurement.baseline)
    ends = _end_points(points, names, bounds, height=height)
    x: Specification = {
        "field": "date",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": time_axis(periods, width=width) | source_title(options, source, left=AXIS_LABEL_WIDTH_PX),
    }
    y: Specification = {
        "field": "number",
        "type": "quantitative",
        "scale": {"domain": list(bounds), "nice": True},
        "axis": {
            "title": None,
            "tickCount": 5,
            "format": ",~f",
            "domain": False,
            "ticks": False,
            "minExtent": AXIS_LABEL_WIDTH_PX,
        },
    }
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {
            "domain": names,
            "range": list(palette.flow_colours([series.rows[0]["flow"] for series in all_series])),
        },
        "legend": None,
    }
    shared = {"x": x, "color": colour}
    layers: list[Specification] = [
        {
            "data": {"values": [{"number": measurement.baseline}]},
            "mark": {"type": "rule", "color": palette.baseline, "strokeWidth": 1},
            "encoding": {"y": y},
        },
        {
            "transform": [{"calculate": "datum.mark == 'incomplete' ? null : datum.number", "as": "line_number"}],
            "mark": {"type": "line", "strokeWidth": 2.5, "strokeJoin": "round"},
            "encoding": {**shared, "y": {**y, "field": "line_number"}},
        },
        {
            "transform": [{"filter": "datum.mark == 'provisional'"}],
            "mark": {"type": "point", "fill": palette.background, "opacity": 1, "size": 40, "strokeWidth": 1.75},
            "encoding": {"x": x, "y": y, "stroke": colour},
        },
        {
            "transform": [{"filter": "datum.mark == 'incomplete'"}],
            "mark": incomplete_mark(palette),
            "encoding": {"x": x, "y": y, "stroke": colour},
        },
        {
            "transform": [{"filter": "datum.mark == 'single'"}],
            "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
            "encoding": {**shared, "y": y},
        },
    ]
    layers.append(reading_layer(PERIOD_LAYER, x, y, colour=colour))
    if len(names) > 1:
        label = {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "dx": LABEL_OFFSET_PX,
            "dy": {"expr": f"{-LINE_HEIGHT_PX / 2} * (length(split(datum.series, '\\n')) - 1)"},
            "fontSize": LABEL_SIZE,
            "fontWeight": 600,
            "lineBreak": "\n",
            "lineHeight": LINE_HEIGHT_PX,
        }
        encoding = {**shared, "y": {**y, "field": "label_number"}, "text": {"field": "series"}}
        layers.append({"data": {"values": ends}, "mark": label, "encoding": encoding})
    return {"data": {"values": points}, "width": width, "height": height, "layer": layers}


def incomplete_mark(palette: Palette) -> Specification:
    """Return the Vega-Lite mark for the figure of an incomplete period: a hollow diamond."""
    hollow = {"fill": palette.background, "opacity": 1, "strokeWidth": 1.75}
    return {"type": "point", "shape": "diamond", "size": 90, **hollow}


def _columns(all_series: Sequence[Series], column: str) -> list[list[Any]]:
    return [[row[column] for row in series.rows] for series in all_series]


def _index(all_series: Sequence[Series]) -> Measurement:
    """Return the series as an index that is 100 in the first period in which all of them are above zero."""
    values = [{row["period"]: row["value"] for row in series.rows if row["value"]} for series in all_series]
    common_periods = sorted(set.intersection(*(set(each) for each in values)))
    if not common_periods:
        return Measurement([[None] * len(series.rows) for series in all_series], "index", 100)
    base = common_periods[0]
    numbers = [
        [None if row["value"] is None else 100 * row["value"] / each[base] for row in series.rows]
        for series, each in zip(all_series, values, strict=True)
    ]
    return Measurement(numbers, f"index, {format_period(base)} = 100", 100)


def _points(
    series: Series, name: str, numbers: Sequence[float | None], *, measure: str, is_single: bool
) -> list[Point]:
    """Return the points of a line. A number between two gaps has a mark of its own, as no line reaches it."""
    line_numbers = [None if describe_months(row) else number for row, number in zip(series.rows, numbers, strict=True)]
    has_final_figures = any(not is_provisional(row) and row["value"] is not None for row in series.rows)
    points = []
    reading_name = "" if is_single else name.replace("\n", " ")
    for position, (row, number) in enumerate(zip(series.rows, numbers, strict=True)):
        neighbours = (*line_numbers[max(position - 1, 0) : position], *line_numbers[position + 1 : position + 2])
        mark = None
        if number is not None and all(neighbour is None for neighbour in neighbours):
            mark = "single"
        if number is not None and has_final_figures and is_provisional(row):
            mark = "provisional"
        if number is not None and describe_months(row):
            mark = "incomplete"
        date = period_start_date(row["period"])
        rounded = None if number is None else float(f"{number:.6g}")
        point = {"date": date, "period": row["period"], "series": name, "number": rounded, "mark": mark}
        reading = None if number is None else series_reading(row, measure, number, name=reading_name)
        points.append({**point, "reading": reading})
    return points


def _bounds(points: Sequence[Point], baseline: float) -> tuple[float, float]:
    numbers = [point["number"] for point in points if point["number"] is not None]
    return min([*numbers, baseline]), max([*numbers, baseline]) if numbers else baseline + 1


def _end_points(
    points: Sequence[Point], names: Sequence[str], bounds: tuple[float, float], *, height: int
) -> list[Point]:
    """Return the last point of each line, with a place for its label that no other label covers."""
    numbers_by_name: Mapping[str, Point] = {point["series"]: point for point in points if point["number"] is not None}
    last_date = max(point["date"] for point in points)
    ends = sorted((numbers_by_name[name] for name in names if name in numbers_by_name), key=lambda end: end["number"])
    unit = (bounds[1] - bounds[0] or 1) / height
    places: list[Point] = []
    top = bounds[0] - height * unit
    for end in ends:
        half = (end["series"].count("\n") + 1) * LINE_HEIGHT_PX * unit / 2
        place = max(end["number"], top + half)
        top = place + half
        places.append({**end, "date": last_date, "label_number": place})
    return places


def _wrap_names(names: Sequence[str], options: ChartOptions) -> list[str]:
    characters = MAX_NARROW_LABEL_CHARACTERS if options.is_narrow else MAX_LABEL_CHARACTERS
    return [fill(name, characters, break_long_words=False) for name in names]


def _height(options: ChartOptions) -> int:
    return min(420, max(240, round(options.width * 0.48)))
