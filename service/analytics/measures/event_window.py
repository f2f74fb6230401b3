"""Trade before and since a day: the windows, and what is added up in them."""

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
    """Twelve whole months before a day and twelve since, first and last months, both inclusive.

    The month in which the day lies belongs to neither, unless it is its first: part of it is before, part since.
    Months after `until` are not counted; null means that all are.
    """

    pre_event_range: tuple[int, int]
    post_event_range: tuple[int, int]
    last_counted_month: int | None = None

    @property
    def first_month(self) -> int:
        """Return the first month that is looked at."""
        return self.pre_event_range[0]

    @property
    def last_month(self) -> int:
        """Return the last month that is looked at."""
        return self.post_event_range[1]


def event_window(day: date, *, last_counted_month: int | None = None) -> EventWindow:
    """Return the windows around a day."""
    month = month_number(day)
    first_since = month if day.day == 1 else month + 1
    return EventWindow(
        (month - MONTHS_PER_YEAR, month - 1), (first_since, first_since + MONTHS_PER_YEAR - 1), last_counted_month
    )


def event_aggregates(
    month: CTE, *, world: CTE, window: EventWindow, unit_multiplier: int, exhaustive: bool
) -> list[SqlExpression]:
    """Return what is added up of the months of one series; to be grouped by series.

    `month` has period, value, base (the value of the same month a year before) and obs_status; `world` is the same of
    trade with the World, joined by month. Sums are in units of the currency, null unless all 12 months are there. A
    series that the dataset never prints is not covered: with any partner where it is exhaustive, as chapters are of a
    dataset that has no headings; with this one where it is a selection.
    """
    counted = literal(True) if window.last_counted_month is None else month.c.period <= window.last_counted_month
    is_before = and_(counted, month.c.period.between(*window.pre_event_range))
    is_since = and_(counted, month.c.period.between(*window.post_event_range))
    is_matched = and_(is_since, month.c.value.is_not(None), month.c.base.is_not(None))
    before, since = _WindowTotal(month.c.value, is_before), _WindowTotal(month.c.value, is_since)
    world_before, world_since = _WindowTotal(world.c.value, is_before), _WindowTotal(world.c.value, is_since)
    matched, matched_base = _WindowTotal(month.c.value, is_matched), _WindowTotal(month.c.base, is_matched)
    world_matched, world_base = _WindowTotal(world.c.value, is_matched), _WindowTotal(world.c.base, is_matched)
    never_printed = func.count(month.c.obs_status) == 0 if not exhaustive else func.count(world.c.obs_status) == 0
    status = _growth_status_of_totals(since, before, month, required_months=MONTHS_PER_YEAR)
    matched_status = _growth_status_of_totals(since, matched_base, month, required_months=None)
    sums = {
        "before_value": before.total_if_complete(MONTHS_PER_YEAR) * unit_multiplier,
        "since_value": since.total_if_complete(MONTHS_PER_YEAR) * unit_multiplier,
        "growth_pct": growth_pct(since.total, base=before.total, status=status),
        "before_share_pct": share_pct(
            before.total_if_complete(MONTHS_PER_YEAR), total=world_before.total_if_complete(MONTHS_PER_YEAR)
        ),
        "since_share_pct": share_pct(
            since.total_if_complete(MONTHS_PER_YEAR), total=world_since.total_if_complete(MONTHS_PER_YEAR)
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
        "months_before": before.month_count,
        "months_since": since.month_count,
        "matched_months": matched.month_count,
    }
    statuses = {"growth_status": status, "matched_status": matched_status}
    return [
        *(case((never_printed, 0), else_=count).label(name) for name, count in counts.items()),
        *(case((~never_printed, found)).label(name) for name, found in sums.items()),
        *(case((never_printed, "not_covered"), else_=why).label(name) for name, why in statuses.items()),
        weakest_status(case((counted, month.c.obs_status))).label("obs_status"),
    ]


class _WindowTotal:
    """The months of a window that have a value, and what these come to."""

    def __init__(self, value: SqlExpression, is_in_window: SqlExpression) -> None:
        self.month_count: SqlExpression = cast(func.count(value).filter(is_in_window), Integer)
        self.total: SqlExpression = func.sum(value).filter(is_in_window)

    def total_if_complete(self, required_months: SqlExpression | int) -> SqlExpression:
        """Return the sum where it is that of so many months; else null."""
        return case((self.month_count == required_months, self.total))


def _growth_status_of_totals(
    value: _WindowTotal, base: _WindowTotal, month: CTE, *, required_months: int | None
) -> SqlExpression:
    """Return why there is no growth of one sum over another, each of `whole` months; null: of any number."""
    suppressed = case((func.bool_or(month.c.obs_status == "Q"), "Q"))
    return growth_status(
        value.total,
        base=base.total,
        obs_status=suppressed,
        base_obs_status=suppressed,
        is_complete=literal(True) if required_months is None else value.month_count == required_months,
        is_base_complete=literal(True) if required_months is None else base.month_count == required_months,
    )
