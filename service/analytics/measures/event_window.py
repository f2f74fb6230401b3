"""Trade before and after an event: windows of twelve months on each side, and the sums over them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, Integer, and_, case, cast, func, literal

from service.analytics.measures.growth import growth_pct, growth_status
from service.analytics.measures.observation_status import weakest_status
from service.analytics.measures.shares import share_pct
from service.analytics.sql.calendar import formatted_month
from service.analytics.sql.types import SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR
from service.domain.periods import month_number


@dataclass(frozen=True)
class EventWindow:
    """The twelve whole months before a day and the twelve after it, each range as first and last month, both inclusive.

    The month of the event belongs to neither range, unless the event is on its first day. Months after
    `last_counted_month` are not counted; null means no limit.
    """

    pre_event_range: tuple[int, int]
    post_event_range: tuple[int, int]
    last_counted_month: int | None = None

    @property
    def first_month(self) -> int:
        """Return the first month of the range before the event."""
        return self.pre_event_range[0]

    @property
    def last_month(self) -> int:
        """Return the last month of the range after the event."""
        return self.post_event_range[1]


def event_window(day: date, *, last_counted_month: int | None = None) -> EventWindow:
    """Return the window of the twelve whole months before an event on `day`, and the twelve after it.

    Months after `last_counted_month` are not counted; null means no limit.
    """
    month = month_number(day)
    first_whole_month = month if day.day == 1 else month + 1
    return EventWindow(
        (month - MONTHS_PER_YEAR, month - 1),
        (first_whole_month, first_whole_month + MONTHS_PER_YEAR - 1),
        last_counted_month,
    )


def event_aggregates(
    month: CTE, *, world: CTE, window: EventWindow, unit_multiplier: int, exhaustive: bool
) -> list[SqlExpression]:
    """Return the columns that compare trade before and after an event, for a query that is grouped by series.

    They are values, growth, shares and numbers of months. One set of columns compares the two ranges of 12 months in
    `window`, another the available months after the event with the same months a year earlier. `month` has the months
    of each series with period, value, base (the value a year earlier) and obs_status; `world` has the same columns of
    trade with the World, joined by month. Values are in units of the currency; the value of a range is null unless all
    12 months have one. The status is `not_covered` where an exhaustive dataset never reports the commodity with any
    partner, or where any other dataset never reports it with this partner.
    """
    is_counted = literal(True) if window.last_counted_month is None else month.c.period <= window.last_counted_month
    is_earlier = and_(is_counted, month.c.period.between(*window.pre_event_range))
    is_later = and_(is_counted, month.c.period.between(*window.post_event_range))
    is_matched = and_(is_later, month.c.value.is_not(None), month.c.base.is_not(None))
    earlier, later = _WindowTotal(month.c.value, is_earlier), _WindowTotal(month.c.value, is_later)
    earlier_world, later_world = _WindowTotal(world.c.value, is_earlier), _WindowTotal(world.c.value, is_later)
    matched, matched_base = _WindowTotal(month.c.value, is_matched), _WindowTotal(month.c.base, is_matched)
    world_matched, world_base = _WindowTotal(world.c.value, is_matched), _WindowTotal(world.c.base, is_matched)
    is_never_reported = func.count(month.c.obs_status) == 0 if not exhaustive else func.count(world.c.obs_status) == 0
    status = _growth_status_of_totals(later, earlier, month, required_months=MONTHS_PER_YEAR)
    matched_status = _growth_status_of_totals(later, matched_base, month, required_months=None)
    totals = {
        "before_value": earlier.total_if_complete(MONTHS_PER_YEAR) * unit_multiplier,
        "since_value": later.total_if_complete(MONTHS_PER_YEAR) * unit_multiplier,
        "growth_pct": growth_pct(later.total, base=earlier.total, status=status),
        "before_share_pct": share_pct(
            earlier.total_if_complete(MONTHS_PER_YEAR), total=earlier_world.total_if_complete(MONTHS_PER_YEAR)
        ),
        "since_share_pct": share_pct(
            later.total_if_complete(MONTHS_PER_YEAR), total=later_world.total_if_complete(MONTHS_PER_YEAR)
        ),
        "matched_first": formatted_month(func.min(month.c.period).filter(is_matched)),
        "matched_last": formatted_month(func.max(month.c.period).filter(is_matched)),
        "matched_base": matched_base.total * unit_multiplier,
        "matched_value": matched.total * unit_multiplier,
        "matched_pct": growth_pct(matched.total, base=matched_base.total, status=matched_status),
        "matched_base_share_pct": share_pct(
            matched_base.total, total=world_base.total_if_complete(matched.month_count)
        ),
        "matched_share_pct": share_pct(matched.total, total=world_matched.total_if_complete(matched.month_count)),
    }
    counts = {
        "months_before": earlier.month_count,
        "months_since": later.month_count,
        "matched_months": matched.month_count,
    }
    statuses = {"growth_status": status, "matched_status": matched_status}
    return [
        *(case((is_never_reported, 0), else_=count).label(name) for name, count in counts.items()),
        *(case((~is_never_reported, total)).label(name) for name, total in totals.items()),
        *(case((is_never_reported, "not_covered"), else_=status).label(name) for name, status in statuses.items()),
        weakest_status(case((is_counted, month.c.obs_status))).label("obs_status"),
    ]


class _WindowTotal:
    """Number and sum of the months of a window that have a value."""

    def __init__(self, value: SqlExpression, is_in_window: SqlExpression) -> None:
        self.month_count: SqlExpression = cast(func.count(value).filter(is_in_window), Integer)
        self.total: SqlExpression = func.sum(value).filter(is_in_window)

    def total_if_complete(self, required_months: SqlExpression | int) -> SqlExpression:
        """Return the sum where `required_months` months have a value; else null."""
        return case((self.month_count == required_months, self.total))


def _growth_status_of_totals(
    value: _WindowTotal, base: _WindowTotal, month: CTE, *, required_months: int | None
) -> SqlExpression:
    """Return the reason why one sum has no growth over another, or `ok`.

    Each needs `required_months` months with a value; null means any number.
    """
    suppressed = case((func.bool_or(month.c.obs_status == "Q"), "Q"))
    return growth_status(
        value.total,
        base=base.total,
        obs_status=suppressed,
        base_obs_status=suppressed,
        is_complete=literal(True) if required_months is None else value.month_count == required_months,
        is_base_complete=literal(True)
        if required_months is None
        else func.nullif(base.month_count, 0) == required_months,
    )
