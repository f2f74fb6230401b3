"""Spans of periods that a page offers for a chart over time: the last year, 5 years, 10 years, and all."""

from collections.abc import Sequence

from service.api.charts.series import ChartRow
from service.domain.codes import ALL_KEYWORD
from service.domain.frequencies import MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.domain.periods import parse_period

SPAN_YEARS = (1, 5, 10)
VIEWS_OVER_TIME = frozenset(["series", "balances"])


def period_spans(rows: Sequence[ChartRow]) -> list[tuple[str, str]]:
    """Return spans that end at the newest period of `rows`: the name of each, and its value of the parameter `period`.

    A span of 5 years begins 5 years before the newest period, in the same month or quarter, so that its two ends can be
    compared.
    """
    last = parse_period(max(row["period"] for row in rows))
    months = MONTHS_PER_PERIOD[rows[0]["frequency"]]
    spans = []
    for years in SPAN_YEARS:
        if years * MONTHS_PER_YEAR > months:
            first = str(last.shift(-years * MONTHS_PER_YEAR))
            spans.append((f"{years} year{'s' if years > 1 else ''}", f"{first}.."))
    return [*spans, ("All", ALL_KEYWORD)]
