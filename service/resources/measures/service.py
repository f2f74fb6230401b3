"""The resources /v1/measures and /v1/measures/{code}."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.periods import PeriodRange, resolve_ranges
from service.resources.measures.repository import MeasureWithScope, fetch_measure, fetch_measures
from service.resources.measures.schemas import MeasureRow

COPIED_COLUMNS = ("title", "authority", "kind", "flows", "description", "source_title", "source_address")
DATE_COLUMNS = ("announced_on", "in_force_on", "ended_on", "source_date")


def measure_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each matching measure, ordered by code.

    :raises InvalidRequest: the reporter or the partner is unknown.
    """
    parameters, reference = request.parameters, context.reference
    reporter, partner = (
        context.find_area(name, parameters[name]).id if name in parameters else None for name in ("reporter", "partner")
    )
    scoped_measures = [
        scoped_measure
        for scoped_measure in fetch_measures(context, as_of=parameters.get("as_of"))
        if reporter in (None, scoped_measure.measure.reporter_id)
        and parameters.get("kind") in (None, scoped_measure.measure.kind)
        and (partner is None or scoped_measure.affects(partner, reference))
    ]
    if "period" in parameters:
        scoped_measures = _filter_by_periods(scoped_measures, parameters["period"])
    return ListRows([_row(scoped_measure, reference) for scoped_measure in scoped_measures])


def single_measure_row(context: Context, request: DataRequest) -> ListRows:
    """Return the row of one measure.

    :raises NotFound: the code is unknown, or the measure was not announced by the day of `as_of`.
    """
    measure = fetch_measure(context, request.parameters["code"], as_of=request.parameters.get("as_of"))
    return ListRows([_row(measure, context.reference)])


MEASURES = ListResource(MeasureRow, ("measure",), measure_rows)
MEASURE = ListResource(MeasureRow, ("measure",), single_measure_row)


def _row(scoped_measure: MeasureWithScope, reference: Reference) -> dict[str, Any]:
    areas = reference.areas
    partners = sorted((areas[key] for key in scoped_measure.partners), key=lambda area: area.code)
    commodities = scoped_measure.commodities
    notes = dict.fromkeys(commodity.note for commodity in commodities if commodity.note)
    days: dict[str, date | None] = {name: getattr(scoped_measure.measure, name) for name in DATE_COLUMNS}
    return {
        "measure": scoped_measure.measure.code,
        "reporter": areas[scoped_measure.measure.reporter_id].code,
        "partners": [area.code for area in partners],
        "partner_names": [area.name for area in partners],
        "goods": [f"{each.classification}:{each.commodity}:{each.certainty}" for each in commodities],
        "mapping_note": " ".join(notes) or None,
        **{name: getattr(scoped_measure.measure, name) for name in COPIED_COLUMNS},
        **{name: None if day is None else str(day) for name, day in days.items()},
    }


def _filter_by_periods(
    scoped_measures: Sequence[MeasureWithScope], periods: Sequence[PeriodRange]
) -> list[MeasureWithScope]:
    """Return the measures that were announced by the end of one of the periods and had not ended before its start."""
    if not scoped_measures:
        return []
    announcement_months = [each.active_months[0] for each in scoped_measures]
    ranges = resolve_ranges(periods, (min(announcement_months), max(announcement_months)), period_months=1)
    return [
        each for each in scoped_measures if any(_overlaps(each.active_months, month_range) for month_range in ranges)
    ]


def _overlaps(months: tuple[int, int | None], month_range: tuple[int, int]) -> bool:
    first, last = months
    return first <= month_range[1] and (last is None or month_range[0] <= last)
