"""Trade before and since a day: the windows, and what is added up in them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, Integer, and_, case, cast, func, literal

from service.analytics.measures.growth import growth_pct, growth_status
from service.analytics.measures.observation_status import weakest_status
from service.analytics.measures.shares import share_pct
from service.analytics.sql.types import Expression
from service.domain.frequencies import YEAR


@dataclass(frozen=True)
class Windows:
    """Twelve whole months before a day and twelve since, first and last months, both inclusive.

    The month in which the day lies belongs to neither, unless it is its first: part of it is before, part since.
    Months after `until` are not counted; null means that all are.
    """

    before: tuple[int, int]
    since: tuple[int, int]
    until: int | None = None

    @property
    def first(self) -> int:
        """Return the first month that is looked at."""
        return self.before[0]

    @property
    def last(self) -> int:
        """Return the last month that is looked at."""
        return self.since[1]


def windows_around(day: date, *, until: int | None = None) -> Windows:
    """Return the windows around a day."""
    month = day.year * YEAR + day.month - 1
    first_since = month if day.day == 1 else month + 1
    return Windows((month - YEAR, month - 1), (first_since, first_since + YEAR - 1), until)


def event_columns(month: CTE, *, world: CTE, windows: Windows, unit: int, exhaustive: bool) -> list[Expression]:
    """Return what is added up of the months of one series; to be grouped by series.

    `month` has period, value, base (the value of the same month a year before) and obs_status; `world` is the same of
    trade with the World, joined by month. Sums are in units of the currency, null unless all 12 months are there. A
    series that the dataset never prints is not covered: with any partner where it is exhaustive, as chapters are of a
    dataset that has no headings; with this one where it is a selection.
    """
    counted = literal(True) if windows.until is None else month.c.period <= windows.until
    is_before = and_(counted, month.c.period.between(*windows.before))
    is_since = and_(counted, month.c.period.between(*windows.since))
    is_matched = and_(is_since, month.c.value.is_not(None), month.c.base.is_not(None))
    before, since = _Sum(month.c.value, is_before), _Sum(month.c.value, is_since)
    world_before, world_since = _Sum(world.c.value, is_before), _Sum(world.c.value, is_since)
    matched, matched_base = _Sum(month.c.value, is_matched), _Sum(month.c.base, is_matched)
    world_matched, world_base = _Sum(world.c.value, is_matched), _Sum(world.c.base, is_matched)
    never_printed = func.count(month.c.obs_status) == 0 if not exhaustive else func.count(world.c.obs_status) == 0
    status = _status(since, before, month, whole=YEAR)
    matched_status = _status(since, matched_base, month, whole=None)
    sums = {
        "before_value": before.of(YEAR) * unit,
        "since_value": since.of(YEAR) * unit,
        "growth_pct": growth_pct(since.total, base=before.total, status=status),
        "before_share_pct": share_pct(before.of(YEAR), whole=world_before.of(YEAR)),
        "since_share_pct": share_pct(since.of(YEAR), whole=world_since.of(YEAR)),
        "matched_first": _month_text(func.min(month.c.period).filter(is_matched)),
        "matched_last": _month_text(func.max(month.c.period).filter(is_matched)),
        "matched_base": matched_base.total * unit,
        "matched_value": matched.total * unit,
        "matched_pct": growth_pct(matched.total, base=matched_base.total, status=matched_status),
        "matched_base_share_pct": share_pct(matched_base.total, whole=world_base.of(matched.months)),
        "matched_share_pct": share_pct(matched.total, whole=world_matched.of(matched.months)),
    }
    counts = {"months_before": before.months, "months_since": since.months, "matched_months": matched.months}
    statuses = {"growth_status": status, "matched_status": matched_status}
    return [
        *(case((never_printed, 0), else_=count).label(name) for name, count in counts.items()),
        *(case((~never_printed, found)).label(name) for name, found in sums.items()),
        *(case((never_printed, "not_covered"), else_=why).label(name) for name, why in statuses.items()),
        weakest_status(case((counted, month.c.obs_status))).label("obs_status"),
    ]


class _Sum:
    """The months of a window that have a value, and what these come to."""

    def __init__(self, value: Expression, within: Expression) -> None:
        self.months: Expression = cast(func.count(value).filter(within), Integer)
        self.total: Expression = func.sum(value).filter(within)

    def of(self, months: Expression | int) -> Expression:
        """Return the sum where it is that of so many months; else null."""
        return case((self.months == months, self.total))


def _status(value: _Sum, base: _Sum, month: CTE, *, whole: int | None) -> Expression:
    """Return why there is no growth of one sum over another, each of `whole` months; null: of any number."""
    suppressed = case((func.bool_or(month.c.obs_status == "Q"), "Q"))
    return growth_status(
        value.total,
        base=base.total,
        obs_status=suppressed,
        base_obs_status=suppressed,
        complete=literal(True) if whole is None else value.months == whole,
        base_complete=literal(True) if whole is None else base.months == whole,
    )


def _month_text(month: Expression) -> Expression:
    """Return `2024-01` for year * 12 + month - 1; null for null."""
    return func.to_char(func.make_date(month // YEAR, month % YEAR + 1, 1), "YYYY-MM")
