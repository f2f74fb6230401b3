"""Sparklines: small inline drawings of a time series, without axes and scripts."""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT, MARGIN = 240, 44, 4


def sparkline(values: Sequence[float | None]) -> Markup:
    """Return the drawing of a time series as SVG. Missing values are gaps; the last value has a dot.

    The scale begins at the smallest value, not at zero: the drawing shows the course of the series, not its size.
    """
    known_values = [value for value in values if value is not None]
    if len(known_values) < 2:
        return Markup("")
    low, span = min(known_values), (max(known_values) - min(known_values)) or 1
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [
        None
        if value is None
        else (MARGIN + number * step, HEIGHT - MARGIN - (value - low) / span * (HEIGHT - 2 * MARGIN))
        for number, value in enumerate(values)
    ]
    path, is_gap = "", True
    for point in points:
        if point is not None:  # `h0` makes a single point between two gaps a dot
            path += f"{'M' if is_gap else 'L'}{point[0]:.1f} {point[1]:.1f}{'h0' if is_gap else ''}"
        is_gap = point is None
    end = next(point for point in reversed(points) if point is not None)
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {} {}" aria-hidden="true"><path d="{}"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="3"/></svg>'
    ).format(WIDTH, HEIGHT, path, *end)
