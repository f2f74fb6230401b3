"""The rows of /v1/comparative-advantage."""

from dataclasses import replace
from fractions import Fraction

from tests.reference_model.figures import REQUEST_MONTHS, Scope, percentage, whole_units
from tests.reference_model.growth import Row, Series, period_text
from tests.reference_model.requests import Request, request_scope, requested_commodities, requested_periods
from tests.reference_model.worlds.rates import DailyRates


def advantage_rows(request: Request, rates: DailyRates) -> list[Row]:
    """Return a row for each commodity and period with a figure of the reporter's exports."""
    fixed = set(request.options.get("world", "").split(",")) - {""}
    datasets = [
        each
        for each in request.world.datasets
        if REQUEST_MONTHS[request.frequency] % each.period_months == request.year_start % each.period_months == 0
        and (each is request.dataset or not fixed or each.reporter in fixed)
    ]
    scopes = {each.reporter: request_scope(replace(request, dataset=each), rates) for each in datasets}
    own = scopes[request.dataset.reporter]
    return [
        _row(request, scopes, fixed, commodity, period)
        for commodity in requested_commodities(request)
        for period in requested_periods(own, request)
        if Series(own, "X", "WLD", commodity).figure(period).exists
    ]


def _exports(scope: Scope, commodity: str, period: int) -> Fraction | None:
    """Return the exports of a commodity in the whole of a period; null where they are not known."""
    figure = Series(scope, "X", "WLD", commodity, is_panel=True).figure(period)
    return figure.exact if figure.is_complete else None


def _row(request: Request, scopes: dict[str, Scope], fixed: set[str], commodity: str, period: int) -> Row:
    reporter = request.dataset.reporter
    exports = {
        code: tuple(_exports(scope, each, period) for each in (commodity, "TOTAL")) for code, scope in scopes.items()
    }
    value, total = exports[reporter]
    world = {code: pair for code, pair in exports.items() if pair[0] is not None and pair[1]}
    world_value, world_total = (sum((pair[n] for pair in world.values()), Fraction(0)) for n in (0, 1))
    status = _status(scopes[reporter], commodity, period, exports[reporter])
    if status == "ok":
        status = "incomplete_world" if fixed - world.keys() else "ok" if len(world) > 1 and world_value else "no_world"
    rca = (value / total) / (world_value / world_total) if status == "ok" else None
    return {
        "reporter": reporter,
        "commodity": commodity,
        "period": period_text(period, request.frequency),
        "value": whole_units(value),
        "commodity_share_pct": percentage(value, total),
        "world_value": whole_units(world_value) if len(world) > 1 else None,
        "world_share_pct": percentage(world_value, world_total) if len(world) > 1 else None,
        "rca": rca,
        "rsca": (rca - 1) / (rca + 1) if status == "ok" else None,
        "rca_status": status,
        "rca_world": [reporter, *sorted(world.keys() - {reporter})] if reporter in world else sorted(world),
    }


def _status(scope: Scope, commodity: str, period: int, exports: tuple[Fraction | None, Fraction | None]) -> str:
    if exports[0] is not None and exports[1]:
        return "ok"
    figure = Series(scope, "X", "WLD", commodity, is_panel=True).figure(period)
    has_no_rate = figure.unconverted is not None and figure.value is None and figure.status not in {"Q", "M"}
    return "no_exchange_rate" if has_no_rate else "value_missing"
