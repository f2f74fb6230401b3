"""Requests for figures, and what they ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tests.reference_model.figures import Scope
from tests.reference_model.vintages import GROUPS, read_vintage
from tests.reference_model.worlds.rates import DailyRates, period_rates, rate_of_day
from tests.reference_model.worlds.world import LEVELS, Dataset, World


@dataclass(frozen=True)
class Request:
    """A request for figures of one dataset; `periods` are ranges of first months, `latest`, or `all`.

    Years begin `year_start` months after January: of fiscal years, those of the reporter.
    """

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
    year_start: int = 0
    options: dict[str, str] = field(default_factory=dict)


def request_scope(request: Request, rates: DailyRates, *, as_of: date | None = None) -> Scope:
    """Return the scope of a request, on its day or another."""
    dataset = request.dataset
    scope = {"rates": None, "fixed_rate": None}
    if request.currency not in {None, dataset.currency}:
        scope = (
            {"rates": {}, "fixed_rate": None}
            if not rates.keys() >= {dataset.currency, request.currency}
            else conversion(dataset, request.currency, request.fx, rates)
        )
    vintage = read_vintage(dataset, as_of or request.as_of)
    return Scope(vintage, request.frequency, composition=request.composition, year_start=request.year_start, **scope)


def conversion(dataset: Dataset, currency: str, fx: str | None, rates: DailyRates) -> dict:
    """Return the rates of a conversion: of each stored period, or of one day."""
    if fx not in {None, "average", "end"}:
        return {"rates": None, "fixed_rate": rate_of_day(rates, dataset.currency, currency, date.fromisoformat(fx))}
    basis = fx or "average"
    found = period_rates(rates, dataset.currency, currency, months=dataset.period_months, basis=basis)
    return {"rates": found, "fixed_rate": None}


def published_span(scope: Scope, flows: Sequence[str] = "XM") -> tuple[int, int] | None:
    """Return the first months of the first and the last requested period in which any of the flows was published."""
    months = [scope.period_start(month) for flow, month in scope.vintage.published if flow in flows]
    return (min(months), max(months)) if months else None


def requested_periods(scope: Scope, request: Request, *, is_panel: bool = False) -> list[int]:
    """Return the requested periods; of a panel those from the first to the last published one of any flow."""
    span = published_span(scope, request.flows)
    if span is None:
        return []
    ranges = {"latest": (span[1:] * 2,), "all": (span,)}.get(request.periods, request.periods)
    first, last = published_span(scope) if is_panel else (0, 2**15)
    step = scope.period_months
    periods = {
        month for start, end in ranges for month in range(scope.period_start(start), end + 1, step) if start <= month
    }
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
