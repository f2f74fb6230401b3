"""The resource /v1/indicators."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.periods import PeriodRange, period_text, resolve_ranges
from service.domain.suggestions import closest_words
from service.errors import NotFound
from service.models import Indicator, IndicatorFigure
from service.resources.indicators.queries import indicator_figures
from service.resources.indicators.schemas import IndicatorRow

AREA_PARAMETERS = ("reporter", "partner")
IndicatorWithFigure = tuple[Indicator, IndicatorFigure]


def indicator_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each figure of the indicators that are asked for, by its code.

    :raises InvalidRequest: there is no such reporter or partner.
    """
    parameters = request.parameters
    areas = {name: context.find_area(name, parameters[name]).id for name in AREA_PARAMETERS if name in parameters}
    found = _fetch_figures(context, parameters.get("as_of"))
    wanted = [
        (indicator, figure)
        for indicator, figure in found
        if all(getattr(indicator, f"{name}_id") == key for name, key in areas.items())
        and parameters.get("topic") in (None, indicator.topic)
    ]
    if "period" in parameters:
        wanted = _filter_by_periods(wanted, parameters["period"])
    return _rows(context.reference, wanted)


def single_indicator_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each figure of one indicator.

    :raises NotFound: there is none of that code, or none that was published by the day of `as_of`.
    """
    code, as_of = request.parameters["code"], request.parameters.get("as_of")
    found = _fetch_figures(context, as_of)
    own = [(indicator, figure) for indicator, figure in found if indicator.code == code]
    if not own:
        near = closest_words(code, {indicator.code for indicator, _ in found})
        by_then = "" if as_of is None else f" published by {as_of}"
        raise NotFound(
            f"There is no indicator {code}{by_then}; did you mean {', '.join(near) or 'one of /v1/indicators'}?"
        )
    return _rows(context.reference, own)


INDICATORS = ListResource(IndicatorRow, ("figure",), indicator_rows)
INDICATOR = ListResource(IndicatorRow, ("figure",), single_indicator_rows)


def _fetch_figures(context: Context, as_of: date | None) -> list[IndicatorWithFigure]:
    return [(row[0], row[1]) for row in context.session.execute(indicator_figures(as_of=as_of))]


def _filter_by_periods(
    figures: Sequence[IndicatorWithFigure], periods: Sequence[PeriodRange]
) -> list[IndicatorWithFigure]:
    """Return the figures that speak of a part of the periods asked for; open ends are those of all figures."""
    spans = {indicator.code: _month_range(indicator) for indicator, _ in figures if indicator.first_month is not None}
    if not spans:
        return []
    every = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
    ranges = resolve_ranges(periods, every, period_months=1)
    within = {code for code, (first, last) in spans.items() if any(a <= last and first <= b for a, b in ranges)}
    return [(indicator, figure) for indicator, figure in figures if indicator.code in within]


def _month_range(indicator: Indicator) -> tuple[int, int]:
    assert indicator.first_month is not None
    assert indicator.months is not None
    return indicator.first_month, indicator.first_month + indicator.months - 1


def _rows(reference: Reference, figures: Sequence[IndicatorWithFigure]) -> ListRows:
    rows = [_row(reference, indicator, figure) for indicator, figure in figures]
    return ListRows(sorted(rows, key=lambda row: str(row["figure"])))


def _row(reference: Reference, indicator: Indicator, figure: IndicatorFigure) -> dict[str, Any]:
    areas = reference.areas
    period = None
    if indicator.first_month is not None and indicator.months is not None:
        period = period_text(indicator.first_month, months=indicator.months)
    return {
        "figure": f"{indicator.code}-{figure.code}",
        "indicator": indicator.code,
        "place": figure.place,
        "label": figure.label,
        "value": figure.value,
        "reporter": None if indicator.reporter_id is None else areas[indicator.reporter_id].code,
        "partner": None if indicator.partner_id is None else areas[indicator.partner_id].code,
        "period": period,
        "published_on": str(indicator.published_on),
        "source_date": str(indicator.source_date),
        **{name: getattr(indicator, name) for name in ("title", "kind", "topic", "publisher", "respondents", "unit")},
        **{name: getattr(indicator, name) for name in ("note", "source_title", "source_address")},
    }
