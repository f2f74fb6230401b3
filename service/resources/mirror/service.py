"""Rows of /v1/mirror: what each side reports of the same flow, side by side."""

from collections.abc import Mapping
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.list_resource import ListResource, ListRows
from service.api.serialization.columns import KEY_COLUMNS, sortable_columns
from service.api.serialization.metadata import combined_metadata
from service.domain.flows import FLOWS
from service.domain.periods import period_text
from service.errors import ParameterError, RequestTooLarge
from service.models import Commodity
from service.resources.mirror.discrepancy import discrepancy_columns
from service.resources.mirror.reports import EXACT_VALUE, ReportsByKey, fetch_reports, missing_report
from service.resources.mirror.request import MirrorRequest
from service.resources.mirror.schemas import MirrorRow
from service.resources.mirror.sides import Sides, resolve_sides

MAX_CELLS = 10_000
ComparisonRow = Mapping[str, Any]


def mirror_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each flow, commodity and period of which either side reports anything.

    :raises InvalidRequest: a code is unknown, or one of the two is no single country.
    :raises RequestTooLarge: there are too many rows to compare.
    """
    question = MirrorRequest(context, request.parameters)
    sides = resolve_sides(question)
    lead = sides.reference_side
    if lead is None or lead.scope is None:
        return ListRows([], _meta(request, question, sides, "not_covered"))
    goods, periods = lead.selected_commodities(), _requested_months(sides)
    if len(question.reporter_flows) * len(goods) * len(periods) > MAX_CELLS:
        found = f"{len(question.reporter_flows)} flows, {len(goods)} commodities, {len(periods)} periods"
        raise RequestTooLarge(ParameterError("period", found, f"both sides are compared in {MAX_CELLS} rows at most"))
    own = fetch_reports(question, sides.reporter_side, question.reporter_flows, goods, periods)
    mirror = fetch_reports(question, sides.partner_side, question.partner_flows, goods, periods)
    rows = [
        _row(question, sides, (flow, good, period), own, mirror)
        for flow in question.reporter_flows
        for good in goods
        for period in periods
    ]
    known = [
        row for row in rows if {row["value_status"], row["mirror_value_status"]} - {"not_covered", "not_published"}
    ]
    return ListRows(known, _meta(request, question, sides, None if known else "not_published"))


MIRROR = ListResource(MirrorRow, KEY_COLUMNS, mirror_rows, sortable_columns=sortable_columns(MirrorRow))


def _requested_months(sides: Sides) -> list[int]:
    """Return the first months of the periods asked for, which a side that has published nothing does not tell."""
    scopes = [
        side.resolved_request.scope
        for side in (sides.reporter_side, sides.partner_side)
        if side.resolved_request is not None
    ]
    ranges = [
        (first, last, scope.period_months)
        for scope in scopes
        if scope is not None
        for first, last in scope.period_ranges
    ]
    return sorted({month for first, last, step in ranges for month in range(first, last + 1, step)})


def _row(
    request: MirrorRequest,
    sides: Sides,
    cell: tuple[str, Commodity, int],
    reporter_reports: ReportsByKey,
    partner_reports: ReportsByKey,
) -> ComparisonRow:
    flow, good, period = cell
    lead = sides.reference_side
    assert lead is not None
    assert lead.classification is not None
    opposite = request.partner_flows[request.reporter_flows.index(flow)]
    of_own = reporter_reports.get((FLOWS[flow], good.code, period)) or missing_report(sides.reporter_side)
    of_mirror = partner_reports.get((FLOWS[opposite], good.code, period)) or missing_report(sides.partner_side)
    return {
        "reporter": sides.reporter_side.country.code,
        "partner": sides.partner_side.country.code,
        "partner_name": sides.partner_side.country.name,
        "flow": flow,
        "mirror_flow": opposite,
        "commodity": good.code,
        "commodity_name": good.name,
        "classification": lead.classification.code,
        "frequency": lead.frequency,
        "period": period_text(period, months=lead.period_months),
        "currency": sides.currency,
        **_report_columns(of_own),
        **{f"mirror_{name}": value for name, value in _report_columns(of_mirror).items()},
        **discrepancy_columns(of_own, of_mirror, frequency=lead.frequency),
    }


def _report_columns(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != EXACT_VALUE}


def _meta(data_request: DataRequest, request: MirrorRequest, sides: Sides, empty_reason: str | None) -> dict[str, Any]:
    answers = [
        side.resolved_request for side in (sides.reporter_side, sides.partner_side) if side.resolved_request is not None
    ]
    resolved_request = data_request.with_parameters(partner=(sides.partner_side.country.code,))
    nobody = ResolvedRequest(sides.reporter_side.country, frequency=request.parameters["frequency"])
    return combined_metadata(answers or [nobody], resolved_request, request.reference) | {"empty_reason": empty_reason}
