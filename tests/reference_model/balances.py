"""The rows of /v1/balances and /v1/mirror: two figures in one row."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from tests.reference_model.figures import Scope, Sum, growth_status, percentage, whole_units
from tests.reference_model.growth import Row, Series, period_text
from tests.reference_model.requests import (
    Request,
    published_span,
    request_scope,
    requested_commodities,
    requested_partners,
    requested_periods,
)
from tests.reference_model.vintages import GROUPS
from tests.reference_model.worlds.rates import DailyRates

STATUS_ORDER = (
    "suppressed",
    "value_missing",
    "incomplete_period",
    "series_break",
    "not_covered",
    "base_missing",
    "members_differ",
    "incomplete_total",
)
MIRROR_FLOWS = {"X": "M", "M": "X"}


def balance_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the rows of /v1/balances: one for each partner, commodity and period with a figure of either flow."""
    return balance_rows_of_scope(request_scope(request, rates), request)


def balance_rows_of_scope(scope: Scope, request: Request) -> list[Row]:
    """Return the rows of /v1/balances from the figures of a scope."""
    return [
        _balance_row(scope, partner, commodity, period)
        for partner in requested_partners(scope, request)
        for commodity in requested_commodities(request)
        for period in requested_periods(scope, replace(request, flows="XM"))
        if any(Series(scope, flow, partner, commodity).figure(period).exists for flow in "XM")
    ]


def _balance_row(scope: Scope, partner: str, commodity: str, period: int) -> Row:
    sides = {
        name: Series(scope, flow, partner, commodity, is_panel=True)
        for name, flow in (("exports", "X"), ("imports", "M"))
    }
    figures = {name: series.figure(period) for name, series in sides.items()}
    bases = {name: series.base(period) for name, series in sides.items()}
    statuses = {
        name: growth_status(scope, figures[name], bases[name], covered=series.covers(period))
        for name, series in sides.items()
    }
    status = next((each for each in STATUS_ORDER if each in statuses.values()), "ok")
    balance, base = _difference(figures), _difference(bases)
    months = min(figure.months or 0 for figure in figures.values())
    two_way = None if balance is None else figures["exports"].value + figures["imports"].value
    base_two_way = None if base is None else bases["exports"].value + bases["imports"].value
    row = {
        "partner": partner,
        "commodity": commodity,
        "period": period_text(period, scope.frequency),
        "months_covered": months,
        "period_complete": months == scope.period_months,
        "balance": _rounded_difference(figures),
        "balance_base": _rounded_difference(bases),
        "balance_status": status,
        "balance_change": _rounded_difference(figures) - _rounded_difference(bases) if status == "ok" else None,
        "balance_magnitude_pct": _magnitude(balance, base) if status == "ok" else None,
        "balance_transition": _transition(balance, base) if status == "ok" else None,
        "cover_ratio_pct": percentage(figures["exports"].exact, figures["imports"].exact),
        "two_way_value": None if two_way is None else sum(round(figure.value) for figure in figures.values()),
        "two_way_yoy_pct": percentage(two_way - base_two_way, base_two_way)
        if status == "ok" and base_two_way > 0
        else None,
        "rank": _balance_rank(scope, partner, commodity, period),
    }
    for name, figure in figures.items():
        row |= {
            f"{name}_value": whole_units(figure.value),
            f"{name}_is_lower_bound": figure.is_lower_bound,
            f"{name}_release": figure.release and figure.release.code,
            f"{name}_yoy_status": statuses[name],
            f"{name}_yoy_pct": percentage(figure.value - bases[name].value, bases[name].value)
            if statuses[name] == "ok"
            else None,
        }
    return row


def _difference(figures: dict[str, Sum]) -> Fraction | None:
    exports, imports = figures["exports"].exact, figures["imports"].exact
    return None if exports is None or imports is None else exports - imports


def _rounded_difference(figures: dict[str, Sum]) -> int | None:
    """Return exports minus imports, each as shown."""
    if _difference(figures) is None:
        return None
    return round(figures["exports"].value) - round(figures["imports"].value)


def _magnitude(balance: Fraction, base: Fraction) -> Fraction | None:
    """Return the growth of the absolute balance; null where the sign changes."""
    return None if balance * base < 0 else percentage(abs(balance) - abs(base), abs(base))


def _transition(balance: Fraction, base: Fraction) -> str:
    directions = {
        "unchanged": balance == base,
        "to_surplus": balance > 0 and base <= 0,
        "to_deficit": balance < 0 and base >= 0,
        "deficit_narrowed": base < 0 and balance > base,
        "deficit_widened": base < 0 and balance < base,
        "surplus_narrowed": base > 0 and balance < base,
        "surplus_widened": base > 0 and balance > base,
    }
    return next(name for name, applies in directions.items() if applies)


def _balance_rank(scope: Scope, partner: str, commodity: str, period: int) -> int | None:
    """Return the rank among the single areas that have a balance."""
    balances = {}
    for area in scope.partners - {"WLD", *GROUPS}:
        sides = {
            name: Series(scope, flow, area, commodity, is_panel=True).figure(period)
            for name, flow in (("exports", "X"), ("imports", "M"))
        }
        balance = _difference(sides)
        if balance is not None and any(side.exists for side in sides.values()):
            balances[area] = balance
    return 1 + sum(other > balances[partner] for other in balances.values()) if partner in balances else None


def mirror_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the rows of /v1/mirror: what both sides report of one flow."""
    currency = request.currency or request.dataset.currency
    own, other = (
        request_scope(replace(request, dataset=dataset, currency=currency), rates)
        for dataset in (request.dataset, request.other_dataset)
    )
    mirrored = replace(request, flows=[MIRROR_FLOWS[flow] for flow in request.flows])
    periods = sorted({*requested_periods(own, request), *requested_periods(other, mirrored)})
    rows = [
        _mirror_row(request, own, other, flow, commodity, period)
        for flow in request.flows
        for commodity in requested_commodities(request)
        for period in periods
    ]
    empty = {"not_covered", "not_published"}
    return [row for row in rows if {row["value_status"], row["mirror_value_status"]} - empty]


def _mirror_row(request: Request, own: Scope, other: Scope, flow: str, commodity: str, period: int) -> Row:
    flows = [MIRROR_FLOWS[each] for each in request.flows]
    report = _report(own, flow, request.flows, request.other_dataset.reporter, commodity, period)
    mirrored = _report(other, MIRROR_FLOWS[flow], flows, request.dataset.reporter, commodity, period)
    both = report["value_status"] == mirrored["value_status"] == "ok"
    exact, mirrored_exact = report.pop("exact"), mirrored.pop("exact")
    return {
        "flow": flow,
        "commodity": commodity,
        "period": period_text(period, request.frequency),
        **report,
        **{f"mirror_{name}": value for name, value in mirrored.items()},
        "gap": mirrored["value"] - report["value"] if both else None,
        "gap_pct": percentage(mirrored_exact - exact, exact) if both else None,
    }


def _report(scope: Scope, flow: str, flows: Sequence[str], partner: str, commodity: str, period: int) -> Row:
    series = Series(scope, flow, partner, commodity, is_panel=True)
    figure, base, covered = series.figure(period), series.base(period), series.covers(period)
    status = growth_status(scope, figure, base, covered=covered)
    return {
        "value": whole_units(figure.value),
        "value_status": _value_status(scope, figure, scope.published_months(flow, period)),
        "obs_status": figure.status,
        "release": figure.release and figure.release.code,
        "yoy_status": status if published_span(scope, flows) else "value_missing",
        "yoy_pct": percentage(figure.value - base.value, base.value) if status == "ok" else None,
        "exact": figure.value,
    }


def _value_status(scope: Scope, figure: Sum, published_months: int) -> str:
    if not figure.exists and figure.unconverted is None:
        return "not_covered" if published_months else "not_published"
    reasons = {
        "suppressed": figure.status == "Q",
        "value_missing": figure.unconverted is None,
        "incomplete_period": figure.months != scope.period_months,
        "incomplete_total": figure.status == "M",
        "no_exchange_rate": figure.value is None,
    }
    return next((reason for reason, applies in reasons.items() if applies), "ok")
