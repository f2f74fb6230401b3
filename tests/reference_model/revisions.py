"""The rows of /v1/revisions: how figures and their growth changed."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from tests.reference_model.figures import Scope, percentage, whole_units
from tests.reference_model.growth import Row, Series, row_of
from tests.reference_model.requests import (
    Request,
    request_scope,
    requested_commodities,
    requested_partners,
    requested_periods,
)
from tests.reference_model.vintages import change_days
from tests.reference_model.worlds.rates import DailyRates


def revision_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the vintages of each figure: its states that differ from the state before."""
    scopes = {
        day: request_scope(request, rates, as_of=day)
        for day in change_days(request.dataset)
        if request.as_of is None or day <= request.as_of
    }
    newest = request_scope(request, rates)
    partners = {each for scope in scopes.values() for each in requested_partners(scope, request)}
    rows = []
    for flow in request.flows:
        for partner in sorted(partners):
            for commodity in requested_commodities(request):
                vintages = [
                    [
                        (day, series.figure(period), row_of(series, period))
                        for day, scope in scopes.items()
                        for series in [Series(scope, flow, partner, commodity)]
                        if series.figure(period).exists
                    ]
                    for period in requested_periods(newest, request)
                ]
                republished = [
                    _is_republished(request, newest, flow, period) for period in requested_periods(newest, request)
                ]
                rows += _rows_of_series(vintages, republished)
    return rows


def _is_republished(request: Request, scope: Scope, flow: str, period: int) -> bool:
    """Return whether more than one release has a stored period of a requested one."""
    releases = [
        release
        for release in request.dataset.releases
        if request.as_of is None or release.published_on <= request.as_of
    ]
    return any(
        sum((flow, stored) in {(cell[0], cell[3]) for cell in release.printed} for release in releases) > 1
        for stored in scope.stored_periods(period)
    )


def _rows_of_series(vintages: Sequence[Sequence[tuple]], republished: Sequence[bool]) -> list[Row]:
    statistics = _statistics(vintages, republished)
    rows = []
    for of_period in vintages:
        previous = None
        for day, figure, row in of_period:
            growth = _rounded(row["yoy_pct"])
            if previous is None or (figure.value, growth) != previous[:2]:
                rows.append(row | {"known_from": str(day)} | _revision(figure, row, previous) | statistics)
            previous = figure.value, growth, _complete_value(figure, row), row["yoy_pct"]
    return rows


def _rounded(pct: Fraction | None) -> int | None:
    return None if pct is None else round(pct * 10_000)


def _revision(figure, row: Row, previous: tuple | None) -> Row:
    exact, growth = previous[2:] if previous else (None, None)
    value = _complete_value(figure, row)
    are_known = value is not None and exact is not None
    return {
        "revision": whole_units(value - exact) if are_known else None,
        "revision_pct": percentage(value - exact, exact) if are_known and exact > 0 else None,
        "yoy_revision_pp": row["yoy_pct"] - growth if None not in {row["yoy_pct"], growth} else None,
    }


def _complete_value(figure, row: Row) -> Fraction | None:
    """Return the exact value of a complete period; a part of the months grows as months are published."""
    return figure.exact if row["period_complete"] else None


def _statistics(vintages: Sequence[Sequence[tuple]], republished: Sequence[bool]) -> Row:
    """Return the mean and the largest change, and those of first values against the latest of republished periods."""
    changes, firsts = [], []
    for of_period, is_republished in zip(vintages, republished, strict=True):
        values = [(figure.value, _complete_value(figure, row)) for _, figure, row in of_period]
        pairs = pairwise(values)
        changes += [_relative(old[1], new[1]) for old, new in pairs if old[0] != new[0]]
        firsts += [_relative(values[0][1], values[-1][1])] if values and is_republished else []
    changes, firsts = ([each for each in found if each is not None] for found in (changes, firsts))
    return {
        "mean_abs_revision_pct": _mean([abs(each) for each in changes]),
        "largest_abs_revision_pct": max((abs(each) for each in changes), default=None),
        "revision_mean_pct": _mean(firsts),
        "revision_mean_abs_pct": _mean([abs(each) for each in firsts]),
        "revision_max_abs_pct": max((abs(each) for each in firsts), default=None),
        "revision_count": len(firsts),
        "revision_up_share_pct": _mean([100 * (each > 0) for each in firsts]),
    }


def _relative(old: Fraction | None, new: Fraction | None) -> Fraction | None:
    return 100 * (new - old) / old if old and new is not None else None


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return Fraction(sum(values)) / len(values) if values else None
