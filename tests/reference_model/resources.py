"""The rows of each resource, by the model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.reference_model.figures import YEAR, Scope
from tests.reference_model.growth import Row, Series, row_of, series_rows
from tests.reference_model.rates import DailyRates, period_rates, rate_of_day
from tests.reference_model.vintages import GROUPS, read_vintage
from tests.reference_model.world import LEVELS, Dataset, World


@dataclass(frozen=True)
class Request:
    """A request for figures of one dataset; `periods` are ranges of first months, `latest`, or `all`."""

    resource: str
    world: World
    dataset: Dataset
    frequency: str
    flows: Sequence[str]
    partners: Sequence[str]
    commodities: Sequence[str]
    levels: Sequence[int] = ()
    periods: str | tuple[tuple[int, int], ...] = "latest"
    as_of: date | None = None
    currency: str | None = None
    fx: str | None = None
    composition: date | None = None
    other_dataset: Dataset | None = None
    options: dict[str, str] = field(default_factory=dict)


def request_scope(request: Request, rates: DailyRates, *, as_of: date | None = None) -> Scope:
    """Return the scope of a request, on its day or another."""
    dataset = request.dataset
    scope = {"rates": None, "fixed_rate": None}
    if request.currency not in {None, dataset.currency}:
        scope = conversion(dataset, request.currency, request.fx, rates)
    vintage = read_vintage(dataset, as_of or request.as_of)
    return Scope(vintage, request.frequency, composition=request.composition, **scope)


def conversion(dataset: Dataset, currency: str, fx: str | None, rates: DailyRates) -> dict:
    """Return the rates of a conversion: of each stored period, or of one day."""
    if fx not in {None, "average", "end"}:
        return {"rates": None, "fixed_rate": rate_of_day(rates, dataset.currency, currency, date.fromisoformat(fx))}
    basis = fx or "average"
    found = period_rates(rates, dataset.currency, currency, months=dataset.period_months, basis=basis)
    return {"rates": found, "fixed_rate": None}


def published_span(scope: Scope, flows: Sequence[str] = "XM") -> tuple[int, int] | None:
    """Return the first months of the first and the last requested period in which any of the flows was published."""
    step = scope.period_months
    months = [month - month % step for flow, month in scope.vintage.published if flow in flows]
    return (min(months), max(months)) if months else None


def requested_periods(scope: Scope, request: Request, *, is_panel: bool = False) -> list[int]:
    """Return the requested periods; of a panel those from the first to the last published one of any flow."""
    span = published_span(scope, request.flows)
    if span is None:
        return []
    ranges = {"latest": (span[1:] * 2,), "all": (span,)}.get(request.periods, request.periods)
    first, last = published_span(scope) if is_panel else (0, 2**15)
    step = scope.period_months
    periods = {month for start, end in ranges for month in range(start - start % step, end + 1, step) if start <= month}
    return sorted(month for month in periods if first <= month <= last)


def requested_partners(scope: Scope, request: Request) -> list[str]:
    """Return the requested partners; `all` are the single areas that have a figure."""
    single = {cell[1] for cell in scope.vintage.figures} - {"WLD", *GROUPS}
    return sorted({each for partner in request.partners for each in (single if partner == "all" else [partner])})


def requested_commodities(request: Request) -> list[str]:
    """Return the requested commodities; `all` are those of the levels, or all but the total."""
    if "all" not in request.commodities:
        return sorted(set(request.commodities))
    levels = request.levels or (1, 2)
    return sorted(each for each in request.world.commodities if LEVELS[each] in levels)


def requested_series(scope: Scope, request: Request, *, is_panel: bool = False) -> Iterator[Series]:
    """Yield the requested series."""
    for flow in request.flows:
        for partner in requested_partners(scope, request):
            for commodity in requested_commodities(request):
                yield Series(scope, flow, partner, commodity, is_panel)


def flow_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the rows of /v1/flows: one for each figure."""
    scope = request_scope(request, rates)
    return [
        row_of(series, period)
        for series in requested_series(scope, request)
        for period in requested_periods(scope, request)
        if series.figure(period).exists
    ]


def time_series_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the rows of /v1/series: one for each period, gaps included."""
    scope = request_scope(request, rates)
    periods = requested_periods(scope, request, is_panel=True)
    span = published_span(scope)
    return (
        [
            row
            for series in requested_series(scope, request, is_panel=True)
            for row in series_rows(series, periods, first_published=span[0])
        ]
        if periods
        else []
    )


def ranking_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return the rows of /v1/partners and /v1/commodities: figures with their ranks."""
    scope = request_scope(request, rates)
    by_partner = request.resource == "partners"
    return [
        row_of(series, period) | _ranks(series, period, by_partner=by_partner)
        for series in requested_series(scope, request)
        for period in requested_periods(scope, request, is_panel=True)
        if series.figure(period).exists
    ]


def _ranked_values(series: Series, period: int, *, by_partner: bool) -> dict[str, Fraction]:
    """Return the values that a figure is ranked among: of all single areas, or of all commodities of its level."""
    cells = series.scope.vintage.figures
    if by_partner:
        keys = {cell[1] for cell in cells} - {"WLD", *GROUPS}
        figures = {key: series.figure(period, partner=key) for key in keys}
    else:
        keys = {cell[2] for cell in cells if LEVELS[cell[2]] == LEVELS[series.commodity]}
        figures = {key: series.figure(period, commodity=key) for key in keys}
    return {key: figure for key, figure in figures.items() if figure.exists and figure.value is not None}


def _ranks(series: Series, period: int, *, by_partner: bool) -> Row:
    key = series.partner if by_partner else series.commodity
    ranked = _ranked_values(series, period, by_partner=by_partner)
    before = _ranked_values(series, period - YEAR, by_partner=by_partner)
    row: Row = {"rank_base": _rank(key, before)}
    if key not in ranked:
        return row | dict.fromkeys(("rank", "rank_count", "rank_status", "hhi", "hhi_status", "hhi_counted"))
    total = series.figure(period, **({"partner": "WLD"} if by_partner else {"commodity": "TOTAL"}))
    values = [figure.value for figure in ranked.values()]
    unconverted = sum(figure.unconverted for figure in ranked.values())
    # Each published value is rounded by half a unit of the dataset at most.
    allowance = Fraction((len(values) + 1) * 10**series.scope.dataset.unit_exponent, 2)
    is_whole = (
        total.exists
        and total.unconverted is not None
        and not any(figure.is_lower_bound for figure in [total, *ranked.values()])
        and abs(total.unconverted - unconverted) <= allowance
    )
    hhi = sum((value / sum(values)) ** 2 for value in values) if is_whole and sum(values) else None
    return row | {
        "rank": _rank(key, ranked),
        "rank_count": len(values),
        "rank_status": "ok" if is_whole else "incomplete_breakdown",
        "hhi": hhi,
        "hhi_status": "ok" if is_whole else "incomplete_breakdown",
        "hhi_counted": len(values),
    }


def _rank(key: str, ranked: dict) -> int | None:
    if key not in ranked:
        return None
    return 1 + sum(figure.value > ranked[key].value for figure in ranked.values())


MODEL: dict[str, Callable[[Request, DailyRates], list[Row]]] = {
    "flows": flow_rows,
    "series": time_series_rows,
    "partners": ranking_rows,
    "commodities": ranking_rows,
}
"""The rows of each resource."""
