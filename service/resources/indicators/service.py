"""The resources /v1/indicators and /v1/indicators/{code}."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.periods import PeriodRange, period_text, resolve_ranges
from service.domain.suggestions import suggestion_sentence
from service.errors import NotFound
from service.models import Indicator, IndicatorFigure
from service.resources.indicators.queries import indicator_figures
from service.resources.indicators.schemas import IndicatorRow

AREA_PARAMETERS = ("reporter", "partner")
IndicatorWithFigure = tuple[Indicator, IndicatorFigure]


def indicator_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each figure of the matching indicators, ordered by the code of the indicator.

    :raises InvalidRequest: the reporter or the partner is unknown.
    """
    parameters = request.parameters
    areas = {name: context.find_area(name, parameters[name]).id for name in AREA_PARAMETERS if name in parameters}
    figures = [
        (indicator, figure)
        for indicator, figure in _fetch_figures(context, parameters.get("as_of"))
        if all(getattr(indicator, f"{name}_id") == key for name, key in areas.items())
        and parameters.get("topic") in (None, indicator.topic)
    ]
    if "period" in parameters:
        figures = _filter_by_periods(figures, parameters["period"])
    return _rows(context.reference, figures)


def single_indicator_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each figure of one indicator.

    :raises NotFound: the code is unknown, or the indicator was not published by the day of `as_of`.
    """
    code, as_of = request.parameters["code"], request.parameters.get("as_of")
    all_figures = _fetch_figures(context, as_of)
    figures = [(indicator, figure) for indicator, figure in all_figures if indicator.code == code]
    if not figures:
        codes = {indicator.code for indicator, _ in all_figures}
        suggestion = suggestion_sentence(code, codes, list_path="/v1/indicators")
        date_phrase = "" if as_of is None else f" published by {as_of}"
        raise NotFound(f"There is no indicator {code}{date_phrase}. {suggestion}")
    return _rows(context.reference, figures)


INDICATORS = ListResource(IndicatorRow, ("figure",), indicator_rows)
INDICATOR = ListResource(IndicatorRow, ("figure",), single_indicator_rows)


def _fetch_figures(context: Context, as_of: date | None) -> list[IndicatorWithFigure]:
    return [(row[0], row[1]) for row in context.session.execute(indicator_figures(as_of=as_of))]


def _filter_by_periods(
    figures: Sequence[IndicatorWithFigure], periods: Sequence[PeriodRange]
) -> list[IndicatorWithFigure]:
    """Return the figures whose periods overlap the requested ones; open ends are those of all figures."""
    spans = {indicator.code: _month_range(indicator) for indicator, _ in figures if indicator.first_month is not None}
    if not spans:
        return []
    whole_span = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
    ranges = resolve_ranges(periods, whole_span, period_months=1)
    codes = {
        code
        for code, (first, last) in spans.items()
        if any(range_first <= last and first <= range_last for range_first, range_last in ranges)
    }
    return [(indicator, figure) for indicator, figure in figures if indicator.code in codes]


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
