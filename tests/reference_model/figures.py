"""Figures of a request: sums over members, months and currencies, and growth; one plain function for each rule."""

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

from tests.reference_model.vintages import Vintage, sum_complete, weakest
from tests.reference_model.worlds.world import MONTHS_PER_PERIOD, Dataset, Release, commodity_level

YEAR = 12
FISCAL_YEAR_STARTS = {"JPN": 3, "KOR": 0, "CHN": 0}
"""Months from January to the first month of a fiscal year, by reporter; 0 for all others."""
REQUEST_MONTHS = {**MONTHS_PER_PERIOD, "H": 6, "F": 12}
"""Lengths of requested periods in months: half-years and fiscal years are sums."""
EU_MEMBERS = (
    "AUT,BEL,BGR,CYP,CZE,DEU,DNK,ESP,EST,FIN,FRA,GBR,GRC,HRV,HUN,IRL,ITA,LTU,LUX,LVA,MLT,NLD,POL,PRT,ROU,SVK,SVN,SWE"
)
MEMBERSHIPS = {
    "EU": {
        code: (
            date(2013, 7, 1) if code == "HRV" else date(2010, 1, 1),
            date(2020, 2, 1) if code == "GBR" else date.max,
        )
        for code in EU_MEMBERS.split(",")
    },
    "USMCA": {code: (date(2020, 7, 1), date.max) for code in ("CAN", "MEX", "USA")},
}
"""Members from the first day to before the last one; days before 2010 are in no world."""


@dataclass(frozen=True)
class Scope:
    """The parts of a request that all of its figures share.

    `rates` are the units of the requested currency for one of the dataset's, by stored period; null without conversion.
    `fixed_rate` holds for all periods. Years begin `year_start` months after January.
    """

    vintage: Vintage
    frequency: str
    composition: date | None = None
    rates: dict[int, Decimal] | None = None
    fixed_rate: Decimal | None = None
    year_start: int = 0

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return self.vintage.dataset

    @property
    def period_months(self) -> int:
        """Return the length of a requested period in months."""
        return REQUEST_MONTHS[self.frequency]

    @property
    def is_converted(self) -> bool:
        """Return whether values are converted."""
        return self.rates is not None or self.fixed_rate is not None

    def period_start(self, month: int) -> int:
        """Return the first month of the requested period with a month."""
        return month - (month - self.year_start) % self.period_months

    def stored_periods(self, period: int) -> list[int]:
        """Return the first months of the stored periods in a requested one."""
        return list(range(period, period + self.period_months, self.dataset.period_months))

    def is_computed(self, partner: str) -> bool:
        """Return whether a partner is a group that is a sum of its members."""
        return partner in MEMBERSHIPS and (self.composition is not None or partner not in self.partners)

    @cached_property
    def partners(self) -> set[str]:
        """Return all partners with a figure."""
        return {cell[1] for cell in self.vintage.figures}

    @cached_property
    def world_levels(self) -> set[int]:
        """Return the levels of commodities with a figure of the World."""
        return {commodity_level(commodity) for _, partner, commodity, _ in self.vintage.figures if partner == "WLD"}

    @cached_property
    def sums(self) -> dict:
        """Return the sums that were added up before."""
        return {}

    def members(self, group: str, month: int) -> set[str]:
        """Return the members of a group on the first day of a month, or on the fixed day."""
        day = self.composition or date(month // YEAR, month % YEAR + 1, 1)
        return {code for code, (since, until) in MEMBERSHIPS[group].items() if since <= day < until}

    def exists(self, partner: str, period: int) -> bool:
        """Return whether a partner has members in any month of a period, if it is a computed group."""
        return not self.is_computed(partner) or any(
            self.members(partner, month) for month in self.stored_periods(period)
        )

    def published_months(self, flow: str, period: int) -> int:
        """Return how many months of a period were published."""
        stored = [month for month in self.stored_periods(period) if (flow, month) in self.vintage.published]
        return len(stored) * self.dataset.period_months

    def has_level(self, commodity: str) -> bool:
        """Return whether the dataset reports commodities of this level with the World."""
        return commodity_level(commodity) in self.world_levels

    def is_covered(self, flow: str, partner: str, commodity: str, period: int) -> bool:
        """Return whether the dataset covers a series in a period, so that it could have a figure."""
        if not self.exists(partner, period):
            return False
        if self.dataset.is_exhaustive:
            return self.has_level(commodity)
        return any(
            cell[0] == flow and cell[2] == commodity and self.is_part(cell[1], partner, cell[3])
            for cell in self.vintage.figures
        )

    def is_part(self, area: str, partner: str, month: int) -> bool:
        """Return whether the figure of an area counts towards a partner in a month."""
        return area in self.members(partner, month) if self.is_computed(partner) else area == partner


@dataclass(frozen=True)
class Sum:
    """A figure of a requested period: a stored one, or a sum of stored ones.

    `value` is exact, in units of the requested currency; `unconverted` in that of the source. `months` is the number of
    months that it covers, null for none. `exists` says whether any part has a figure.
    """

    value: Fraction | None
    unconverted: Fraction | None
    status: str | None
    months: int | None
    release: Release | None = None
    known_members: frozenset[str] = frozenset()
    unknown_members: frozenset[str] = frozenset()
    exists: bool = False
    is_complete: bool = False
    quantity: int | None = None

    @property
    def is_lower_bound(self) -> bool:
        """Return whether parts of the value are unknown."""
        return self.value is not None and self.status in {"Q", "M"}

    @property
    def exact(self) -> Fraction | None:
        """Return the value, null where it is a lower bound."""
        return None if self.is_lower_bound else self.value


def add_up(
    scope: Scope, flow: str, partner: str, commodity: str, period: int, *, members_later: int = 0, covered: bool = True
) -> Sum:
    """Return the figure of a partner in a period; a group has its members of so many months later."""
    key = flow, partner, commodity, period, members_later if scope.is_computed(partner) else 0, covered
    if key not in scope.sums:
        scope.sums[key] = _add_up(scope, flow, partner, commodity, period, members_later=members_later, covered=covered)
    return scope.sums[key]


def _add_up(
    scope: Scope, flow: str, partner: str, commodity: str, period: int, *, members_later: int, covered: bool
) -> Sum:
    parts = []
    for month in scope.stored_periods(period):
        areas = scope.members(partner, month + members_later) if scope.is_computed(partner) else {partner}
        parts += [
            (area, month, scope.vintage.figures[flow, area, commodity, month])
            for area in sorted(areas)
            if (flow, area, commodity, month) in scope.vintage.figures
        ]
    published = scope.published_months(flow, period)
    if not parts:
        is_zero = scope.dataset.is_exhaustive and published and covered
        zero = Fraction(0) if is_zero else None
        months = published or None if scope.dataset.is_exhaustive else None
        return Sum(zero, zero, None, months, is_complete=months == scope.period_months)
    unit = 10**scope.dataset.unit_exponent
    known = [(month, Fraction(figure.value * unit)) for _, month, figure in parts if figure.value is not None]
    converted = [_convert(scope, month, value) for month, value in known]
    value = None if not known or None in converted else sum(converted)
    is_group = scope.is_computed(partner)
    unknown = frozenset(area for area, _, figure in parts if is_group and figure.value is None)
    known_members = frozenset(area for area, _, figure in parts if is_group and figure.value is not None)
    months = published if scope.dataset.is_exhaustive else _months_with_all(scope, partner, parts, members_later)
    return Sum(
        value,
        sum(value for _, value in known) if known else None,
        weakest([figure.status for _, _, figure in parts]),
        months,
        release=max((figure.release for _, _, figure in parts), key=lambda each: (each.published_on, each.code)),
        known_members=known_members,
        unknown_members=unknown,
        exists=True,
        is_complete=months == scope.period_months,
        quantity=sum_complete([figure.quantity for _, _, figure in parts]),
    )


def _convert(scope: Scope, month: int, value: Fraction) -> Fraction | None:
    if not scope.is_converted:
        return value
    rate = scope.fixed_rate if scope.fixed_rate is not None else (scope.rates or {}).get(month)
    return None if rate is None else value * Fraction(rate)


def _months_with_all(scope: Scope, partner: str, parts, members_later: int) -> int:
    """Return the months in which each member that has a known figure in the period has one."""
    months = {month for _, month, _ in parts}
    if scope.is_computed(partner) and scope.period_months != scope.dataset.period_months:
        cells = {(area, month) for area, month, _ in parts}
        known = {area for area, _, figure in parts if figure.value is not None}
        months = {
            month
            for month in months
            if all((area, month) in cells for area in known & scope.members(partner, month + members_later))
        }
    return len(months) * scope.dataset.period_months


def growth_status(scope: Scope, current: Sum, base: Sum, *, covered: bool) -> str:
    """Return why there is no growth, or `ok`."""
    reasons = {
        "not_covered": not covered,
        "suppressed": "Q" in {current.status, base.status},
        "value_missing": current.value is None,
        "incomplete_period": not current.is_complete or (base.months is not None and not base.is_complete),
        "base_missing": base.value is None,
        "members_differ": members_differ(scope, current, base),
        "incomplete_total": "M" in {current.status, base.status},
        "base_zero": base.value == 0,
    }
    return next((reason for reason, applies in reasons.items() if applies), "ok")


def members_differ(scope: Scope, current: Sum, base: Sum) -> bool:
    """Return whether a member of a group is known at one end only."""
    if scope.dataset.is_exhaustive:
        return current.unknown_members != base.unknown_members
    return current.known_members != base.known_members


def change(scope: Scope, current: Sum, base: Sum) -> Fraction | None:
    """Return the change between two comparable figures."""
    is_comparable = current.is_complete and base.is_complete and not members_differ(scope, current, base)
    if not is_comparable or current.exact is None or base.exact is None:
        return None
    return current.exact - base.exact


def percentage(part: Fraction | None, whole: Fraction | None) -> Fraction | None:
    """Return 100 part / whole; null where either is null or the whole is zero."""
    return None if part is None or not whole else 100 * part / whole


def whole_units(amount: Fraction | None) -> int | None:
    """Return an amount in whole units of its currency, rounded half-even."""
    return None if amount is None else round(amount)


def effective_rate(value: Fraction | None, unconverted: Fraction | None) -> Decimal | None:
    """Return the rate of a sum with 12 digits; null for a sum of zero."""
    if value is None or not unconverted:
        return None
    rate = value / unconverted
    return Context(prec=12).plus(Context(prec=50).divide(Decimal(rate.numerator), Decimal(rate.denominator)))
