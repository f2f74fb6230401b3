"""The columns that every row with a figure has, and those of a time series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.reference_model.figures import (
    FISCAL_YEAR_STARTS,
    MEMBERSHIPS,
    YEAR,
    Scope,
    Sum,
    add_up,
    change,
    effective_rate,
    growth_status,
    members_differ,
    percentage,
    whole_units,
)
from tests.reference_model.vintages import weakest

Row = dict[str, Any]
UNIT_VALUE_GROWTH = (
    "unit_value_yoy_pct",
    "quantity_yoy_pct",
    "unit_value_effect_pp",
    "quantity_effect_pp",
    "interaction_pp",
)
GROUP_COLUMNS = ("group_basis", "group_composition", "members_count", "members_missing")


@dataclass(frozen=True)
class Series:
    """A flow of a commodity with a partner; `is_panel` says that periods without a figure have rows, too."""

    scope: Scope
    flow: str
    partner: str
    commodity: str
    is_panel: bool = False

    def covers(self, period: int) -> bool:
        """Return whether the dataset covers the series in a period."""
        return not self.is_panel or self.scope.is_covered(self.flow, self.partner, self.commodity, period)

    def figure(self, period: int, *, later: int = 0, partner: str | None = None, commodity: str | None = None) -> Sum:
        """Return the figure of a period, of the members of so many months later, or of another partner or commodity."""
        return add_up(
            self.scope,
            self.flow,
            partner or self.partner,
            commodity or self.commodity,
            period,
            members_later=later,
            covered=self.covers(period + later),
        )

    def base(self, period: int, months_back: int = YEAR) -> Sum:
        """Return what the figure of a period is compared with: the same members so many months before."""
        return self.figure(period - months_back, later=months_back)


def period_text(period: int, frequency: str) -> str:
    """Return the text of a requested period."""
    year, month = divmod(period, 12)
    texts = {"A": f"{year}", "F": f"FY{year}", "H": f"{year}-H{month // 6 + 1}", "Q": f"{year}-Q{month // 3 + 1}"}
    return texts.get(frequency, f"{year}-{month + 1:02}")


def row_of(series: Series, period: int) -> Row:
    """Return the row of a figure with its growth."""
    scope, current, base = series.scope, series.figure(period), series.base(period)
    covered = series.covers(period)
    previous = series.base(period, scope.period_months)
    status = growth_status(scope, current, base, covered=covered)
    pop_status = growth_status(scope, current, previous, covered=covered)
    return {
        "flow": series.flow,
        "partner": series.partner,
        "commodity": series.commodity,
        "period": period_text(period, scope.frequency),
        "value": whole_units(current.value),
        "quantity": None if current.quantity is None else Decimal(current.quantity),
        "is_lower_bound": current.is_lower_bound,
        "obs_status": current.status,
        "release": current.release and current.release.code,
        "months_covered": current.months or 0,
        "period_complete": current.is_complete,
        **_group_columns(series, period, current),
        **_rates(scope, period, current, base),
        "yoy_base_period": period_text(period - YEAR, scope.frequency),
        "yoy_base": whole_units(base.exact),
        "yoy_change": _rounded_change(scope, current, base),
        "yoy_status": status,
        "yoy_pct": _growth(current, base) if status == "ok" else None,
        "yoy_obs_status": None if None in {current.status, base.status} else weakest([current.status, base.status]),
        "pop_status": pop_status,
        "pop_pct": _growth(current, previous) if pop_status == "ok" else None,
        **_shares(series, period, current, base, is_ok=status == "ok"),
    }


def _growth(current: Sum, base: Sum) -> Fraction | None:
    assert current.value is not None
    assert base.value is not None
    return percentage(current.value - base.value, base.value)


def _rounded_change(scope: Scope, current: Sum, base: Sum) -> int | None:
    """Return the change; of converted values the difference of those that are shown."""
    if change(scope, current, base) is None:
        return None
    return round(current.value) - round(base.value)


def _group_columns(series: Series, period: int, current: Sum) -> Row:
    scope, partner = series.scope, series.partner
    if partner not in MEMBERSHIPS:
        return dict.fromkeys(GROUP_COLUMNS)
    if not scope.is_computed(partner):
        return dict.fromkeys(GROUP_COLUMNS) | {"group_basis": "published"}
    if scope.dataset.is_exhaustive and current.months:
        missing = set(current.unknown_members)
    else:
        missing = scope.members(partner, period) - current.known_members
    day = scope.composition or date(period // YEAR, period % YEAR + 1, 1)
    values = ("computed", str(day), len(scope.members(partner, period)), sorted(missing))
    return dict(zip(GROUP_COLUMNS, values, strict=True))


def _rates(scope: Scope, period: int, current: Sum, base: Sum) -> Row:
    return {
        "exchange_rate": _rate(scope, period, current.value, current),
        "yoy_base_exchange_rate": _rate(scope, period - YEAR, base.exact, base),
    }


def _rate(scope: Scope, period: int, value: Fraction | None, figure: Sum) -> Any:
    if not scope.is_converted:
        return None
    if scope.fixed_rate is not None:
        return scope.fixed_rate
    if scope.period_months == scope.dataset.period_months:
        return scope.rates.get(period)
    return effective_rate(value, figure.unconverted)


def _shares(series: Series, period: int, current: Sum, base: Sum, *, is_ok: bool) -> Row:
    change_of_value = current.value - base.value if is_ok else None
    found: Row = {}
    for name, replaced in (("partner", {"partner": "WLD"}), ("commodity", {"commodity": "TOTAL"})):
        total = series.figure(period, **replaced)
        base_total = series.figure(period - YEAR, later=YEAR, **replaced)
        is_whole = total.months == current.months and total.exists
        found[f"{name}_share_pct"] = percentage(current.exact, total.exact if is_whole else None)
        base_value = base_total.exact if base_total.is_complete and base_total.exists else None
        found[f"{name}_contribution_pp"] = percentage(change_of_value, base_value)
    return found


def series_rows(series: Series, periods: Sequence[int], *, first_published: int) -> list[Row]:
    """Return the rows of a time series in the requested periods."""
    rows = []
    for period in periods:
        row = row_of(series, period) | _sums(series, period, first_published) | _streak(series, period, first_published)
        row |= _two_years(series, period) | _unit_values(series, period, is_ok=row["yoy_status"] == "ok")
        rows.append(row | {"cagr_pct": _compound_growth(series, periods[0], period)})
    return rows


def _unit_values(series: Series, period: int, *, is_ok: bool) -> Row:
    """Return the unit value, and what it and the quantity contribute to growth."""
    current, base = series.figure(period), series.base(period)
    unit_value = current.exact / current.quantity if current.exact is not None and current.quantity else None
    row: Row = {"unit_value": unit_value} | dict.fromkeys(UNIT_VALUE_GROWTH)
    if not (is_ok and current.quantity and base.quantity):
        return row
    base_unit_value = base.value / base.quantity
    unit_value_change, quantity_change = unit_value - base_unit_value, current.quantity - base.quantity
    effects = (
        base.quantity * unit_value_change,
        base_unit_value * quantity_change,
        unit_value_change * quantity_change,
    )
    growth = percentage(unit_value_change, base_unit_value), percentage(Fraction(quantity_change), base.quantity)
    return row | dict(
        zip(UNIT_VALUE_GROWTH, (*growth, *(percentage(each, base.value) for each in effects)), strict=True)
    )


def _two_years(series: Series, period: int) -> Row:
    """Return the growth over two years, the yearly rate that gives it, and its status."""
    current, base = series.figure(period), series.base(period, 2 * YEAR)
    status = growth_status(series.scope, current, base, covered=series.covers(period))
    is_ok = status == "ok"
    return {
        "two_year_status": status,
        "two_year_pct": _growth(current, base) if is_ok else None,
        "two_year_annual_pct": (float(current.value / base.value) ** 0.5 - 1) * 100 if is_ok else None,
    }


def _sums(series: Series, period: int, first_published: int) -> Row:
    """Return sums with their growth.

    January to the period, the fiscal year to the period, the last twelve months, and January and February.
    """
    step, frequency = series.scope.period_months, series.scope.frequency
    january = period - period % YEAR
    fiscal_start = FISCAL_YEAR_STARTS.get(series.scope.dataset.reporter, 0)
    april = period - (period - fiscal_start) % YEAR
    windows = {
        "ytd": range(january, period + 1, step) if series.scope.year_start % step == 0 else range(0),
        "fytd": range(april, period + 1, step) if (fiscal_start - series.scope.year_start) % step == 0 else range(0),
        "r12": range(period - YEAR + step, period + 1, step),
        "jan_feb": range(january, january + 2) if frequency == "M" and period % YEAR == 1 else range(0),
    }
    found: Row = {}
    for name, months in windows.items():
        figures = [series.figure(month) for month in months]
        bases = [series.base(month) for month in months]
        value = _complete_sum(figures) if months and months[0] >= first_published else None
        base = _complete_sum(bases) if months else None
        differ = any(members_differ(series.scope, one, other) for one, other in zip(figures, bases, strict=True))
        found[f"{name}_value"] = whole_units(value)
        is_comparable = value is not None and base is not None and base > 0 and not differ
        found[f"{name}_pct"] = percentage(value - base, base) if is_comparable else None
    del found["jan_feb_value"]
    return found


def _complete_sum(figures: Sequence[Sum]) -> Fraction | None:
    """Return the sum of figures; null unless all are known and complete."""
    values = [figure.exact if figure.is_complete else None for figure in figures]
    return None if None in values else sum(values)


def _direction(series: Series, period: int) -> str | None:
    current, base = series.figure(period), series.base(period)
    difference = change(series.scope, current, base)
    if difference is None or (current.value == 0 and base.value == 0):
        return None
    return "up" if difference > 0 else "down" if difference < 0 else "flat"


def _streak(series: Series, period: int, first_published: int) -> Row:
    """Return the direction of a period, and for how many periods without a gap it has been the same."""
    direction, length = _direction(series, period), 0
    if direction is None:
        return {"streak_direction": None, "streak_length": None}
    while period >= first_published and _direction(series, period) == direction:
        length += 1
        period -= series.scope.period_months
    return {"streak_direction": direction, "streak_length": length}


def _compound_growth(series: Series, first: int, period: int) -> float | None:
    """Return the constant yearly growth since the first requested period."""
    years, rest = divmod(period - first, YEAR)
    current, base = series.figure(period), series.figure(first, later=period - first)
    if years < 1 or rest or not current.is_complete or not base.is_complete:
        return None
    if members_differ(series.scope, current, base) or not current.exact or not base.exact:
        return None
    return (float(current.exact / base.exact) ** (1 / years) - 1) * 100
