"""The rows of each resource, by the model."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from tests.reference_model.advantage import advantage_rows
from tests.reference_model.balances import balance_rows, mirror_rows
from tests.reference_model.figures import YEAR, Scope
from tests.reference_model.growth import Row, Series, row_of, series_rows
from tests.reference_model.requests import (
    Request,
    published_span,
    request_scope,
    requested_commodities,
    requested_partners,
    requested_periods,
)
from tests.reference_model.revisions import revision_rows
from tests.reference_model.vintages import GROUPS
from tests.reference_model.worlds.rates import DailyRates
from tests.reference_model.worlds.world import commodity_level


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
    return time_series_rows_of_scope(request_scope(request, rates), request)


def time_series_rows_of_scope(scope: Scope, request: Request) -> list[Row]:
    """Return the rows of /v1/series from the figures of a scope."""
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
        row_of(series, period) | rank_columns(series, period, by_partner=by_partner)
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
        level = commodity_level(series.commodity)
        keys = {cell[2] for cell in cells if commodity_level(cell[2]) == level}
        figures = {key: series.figure(period, commodity=key) for key in keys}
    return {key: figure for key, figure in figures.items() if figure.exists and figure.value is not None}


def rank_columns(series: Series, period: int, *, by_partner: bool, base_series: Series | None = None) -> Row:
    """Return the rank of a figure in the period and the year before, and the concentration of the ranking.

    `base_series` is the series a year before, where that is one of another scope.
    """
    key = series.partner if by_partner else series.commodity
    ranked = _ranked_values(series, period, by_partner=by_partner)
    before = _ranked_values(base_series or series, period - YEAR, by_partner=by_partner)
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
    "balances": balance_rows,
    "revisions": revision_rows,
    "mirror": mirror_rows,
    "comparative-advantage": advantage_rows,
}
"""The rows of each resource."""

SERIES_KEY = ("flow", "partner", "commodity", "period")
KEYS = {
    "balances": ("partner", "commodity", "period"),
    "revisions": (*SERIES_KEY, "known_from"),
    "mirror": ("flow", "commodity", "period"),
    "comparative-advantage": ("commodity", "period"),
}
"""Columns that identify a row, where they are not SERIES_KEY."""
