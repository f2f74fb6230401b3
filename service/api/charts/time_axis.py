"""The time axis of a chart: positions of periods, and ticks at readable distances."""

from collections.abc import Sequence
from typing import Any

from service.domain.frequencies import MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.domain.periods import first_day, parse_period

TICK_STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
MIN_TICK_DISTANCE_PX = 54
MONTH_LABEL = (
    "[utcFormat(datum.value, '%b'), datum.index == 0 || utcmonth(datum.value) < {step} ? "
    "utcFormat(datum.value, '%Y') : '']"
)
QUARTER_LABEL = (
    "['Q' + utcquarter(datum.value), datum.index == 0 || utcmonth(datum.value) < {step} ? "
    "utcFormat(datum.value, '%Y') : '']"
)
HALF_YEAR_LABEL = QUARTER_LABEL.replace("'Q' + utcquarter(datum.value)", "utcmonth(datum.value) < 6 ? 'H1' : 'H2'")
YEAR_LABEL = "utcFormat(datum.value, '%Y')"
FISCAL_YEAR_LABEL = "utcFormat(datum.value, 'FY%Y')"


def period_start_date(period: str) -> str:
    """Return the first day of a period as ISO 8601 text, which is the position of the period on the axis."""
    return first_day(parse_period(period).first_month).isoformat()


def time_axis(periods: Sequence[str], *, width: int) -> dict[str, Any]:
    """Return the ticks and labels of the time axis for `periods`, which are in ascending order.

    Ticks are counted from January: for example, ticks every three months are at January, April, July and October.
    `width` is the width of the axis in pixels.
    """
    first, last = parse_period(periods[0]), parse_period(periods[-1])
    span_months = last.first_month - first.first_month
    max_ticks = max(2, width // MIN_TICK_DISTANCE_PX)
    steps = [step for step in TICK_STEPS_MONTHS if step >= first.months]
    step = next((step for step in steps if span_months // step < max_ticks), steps[-1])
    month = first.first_month + -first.first_month % step
    ticks = [first_day(number).isoformat() for number in range(month, last.first_month + 1, step)]
    labels = {MONTHS_PER_PERIOD["Q"]: QUARTER_LABEL, MONTHS_PER_PERIOD["H"]: HALF_YEAR_LABEL}
    year_label = FISCAL_YEAR_LABEL if first.is_fiscal else YEAR_LABEL
    label = year_label if step >= MONTHS_PER_YEAR else labels.get(first.months, MONTH_LABEL)
    return {
        "values": [{"expr": f"utc({day[:4]}, {int(day[5:7]) - 1}, 1)"} for day in ticks],
        "labelExpr": label.replace("{step}", str(step)),
        "grid": False,
        "tickSize": 5,
        "labelFlush": True,
    }
