"""The rows of /v1/partners and /v1/commodities with `residual=true`, and random requests for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.reference_model.figures import YEAR, Scope, Sum, whole_units
from tests.reference_model.growth import Row, Series, period_text
from tests.reference_model.requests import Request, published_span, request_scope, requested_periods
from tests.reference_model.vintages import GROUPS, weakest
from tests.reference_model.worlds.questions import draw_request
from tests.reference_model.worlds.rates import DailyRates
from tests.reference_model.worlds.world import World, commodity_level


@dataclass(frozen=True)
class _Breakdown:
    """A total and its components: areas of the World, or commodities of one level of all commodities."""

    total: Series
    components: dict[str, Series]

    def figures(self, period: int, keys: Sequence[str]) -> list[Sum]:
        """Return the published figures of components in a period."""
        found = [self.components[key].figure(period) for key in keys]
        return [figure for figure in found if figure.exists]

    def ranking(self, period: int) -> list[str]:
        """Return the components with a figure by descending value; those without a value come last."""
        keys = [key for key, series in self.components.items() if series.figure(period).exists]
        return sorted(keys, key=lambda key: -_known_value(self.components[key].figure(period)))


def residual_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the first rows of each ranking, and the rows `other` and `unallocated`."""
    scope = request_scope(request, rates)
    return [
        row
        for flow in request.flows
        for period in requested_periods(scope, request, is_panel=True)
        for row in _rows(request, _breakdown(request, scope, flow), period)
    ]


def _breakdown(request: Request, scope: Scope, flow: str) -> _Breakdown:
    (partner,), (commodity,) = request.partners, request.commodities
    if request.resource == "partners":
        keys = {cell[1] for cell in scope.vintage.figures} - {"WLD", *GROUPS}
        components = {key: Series(scope, flow, key, commodity) for key in keys}
        return _Breakdown(Series(scope, flow, "WLD", commodity), components)
    keys = {cell[2] for cell in scope.vintage.figures if commodity_level(cell[2]) == request.levels[0]}
    components = {key: Series(scope, flow, partner, key) for key in keys}
    return _Breakdown(Series(scope, flow, partner, "TOTAL"), components)


def _rows(request: Request, breakdown: _Breakdown, period: int) -> list[Row]:
    dimension = "partner" if request.resource == "partners" else "commodity"
    ranking = breakdown.ranking(period)
    limit = int(request.options["limit"])
    first, others = ranking[:limit], sorted(breakdown.components.keys() - set(ranking[:limit]))
    rows = [
        _key(breakdown.components[key], period)
        | {"value": whole_units(current.value), "yoy_base": whole_units(base.exact), "rank": n + 1}
        for n, key in enumerate(first)
        for current, base in [(breakdown.components[key].figure(period), breakdown.components[key].base(period))]
        if current.value is not None
    ]
    if not breakdown.total.figure(period).exists:
        return rows
    names = ["other", "unallocated"] if _has_others(breakdown, others, period) else ["unallocated"]
    for name in names:
        value, _ = _residual(breakdown, others, period, name)
        base, base_status = _residual(breakdown, others, period - YEAR, name)
        exact_base = None if base_status in {"Q", "M"} else base
        row = {dimension: name, "rank": None, "value": whole_units(value), "yoy_base": whole_units(exact_base)}
        rows.append(_key(breakdown.total, period) | row)
    return rows


def _has_others(breakdown: _Breakdown, others: Sequence[str], period: int) -> bool:
    """Return whether a component that is not in the first rows has a figure in one of the compared periods."""
    months = (period, period - breakdown.total.scope.period_months, period - YEAR)
    return any(breakdown.total.figure(month).exists and breakdown.figures(month, others) for month in months)


def _residual(breakdown: _Breakdown, others: Sequence[str], period: int, name: str) -> tuple:
    """Return the value and the status of a residual in a period; of `other` the sum of the known values."""
    total = breakdown.total.figure(period)
    if not total.exists:
        return total.value, total.status
    if name == "other":
        parts = breakdown.figures(period, others)
        return sum(map(_known_value, parts)), weakest([each.status for each in parts]) or total.status
    parts = breakdown.figures(period, sorted(breakdown.components))
    return (None if total.value is None else total.value - sum(map(_known_value, parts))), total.status


def _known_value(figure: Sum):
    return 0 if figure.value is None else figure.value


def _key(series: Series, period: int) -> Row:
    text = period_text(period, series.scope.frequency)
    return {"flow": series.flow, "partner": series.partner, "commodity": series.commodity, "period": text}


def draw_residual_request(random: Random, world: World, rates: DailyRates) -> Request:
    """Return a random request for residual rows in one period, whose first rows do not depend on equal values."""
    while True:
        request = draw_request(random, world, random.choice(("partners", "commodities")))
        by_partner = request.resource == "partners"
        request = replace(
            request,
            partners=("all",) if by_partner else (random.choice(("WLD", "WLD", "DEU", "MEX")),),
            commodities=(random.choice(("TOTAL", "TOTAL", "A", "A1")),) if by_partner else ("all",),
            levels=() if by_partner else (random.choice((1, 2)),),
            options={"residual": "true", "limit": str(random.randint(1, 3))},
        )
        scope = request_scope(request, rates)
        span = published_span(scope, request.flows)
        if span is not None:
            start = scope.period_start(random.randint(*span))
            if _is_determined(request, scope, start):
                return replace(request, periods=((start, start + scope.period_months - 1),))


def _is_determined(request: Request, scope: Scope, period: int) -> bool:
    """Return whether all values are known, and those of the first rows and the next one differ."""
    for flow in request.flows:
        breakdown = _breakdown(request, scope, flow)
        figures = [breakdown.components[key].figure(period) for key in breakdown.ranking(period)]
        first = [figure.value for figure in figures][: int(request.options["limit"]) + 1]
        if any(figure.value is None for figure in figures) or len(set(first)) < len(first):
            return False
    return True
