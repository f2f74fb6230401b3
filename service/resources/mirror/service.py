"""The resource /v1/mirror: the reports of both sides on the same flow, in one row."""

from collections.abc import Mapping
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.list_resource import ListResource, ListRows
from service.api.responses.unmapped_codes import unmapped_metadata
from service.api.serialization.columns import KEY_COLUMNS, sortable_columns
from service.api.serialization.metadata import combined_metadata
from service.domain.fiscal_years import FISCAL_REPORTER
from service.domain.flows import FLOWS
from service.errors import ParameterError, RequestTooLarge
from service.models import Commodity
from service.resources.mirror.discrepancy import discrepancy_columns
from service.resources.mirror.reports import EXACT_VALUE, ReportsByKey, fetch_reports, missing_report
from service.resources.mirror.request import MIRROR_FLOWS, MirrorRequest
from service.resources.mirror.schemas import MirrorRow
from service.resources.mirror.sides import Sides, resolve_sides

MAX_CELLS = 10_000
ComparisonRow = Mapping[str, Any]


def mirror_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each flow, commodity and period with a report of either side.

    :raises InvalidRequest: a code is unknown, or the reporter or the partner is not a single country.
    :raises RequestTooLarge: flows times commodities times periods are more than MAX_CELLS.
    """
    reporter = context.find_area("reporter", request.parameters["reporter"])
    mirror_request = MirrorRequest(context, {**request.parameters, FISCAL_REPORTER: reporter.code})
    sides = resolve_sides(mirror_request)
    reference_side = sides.reference_side
    if reference_side is None or reference_side.scope is None:
        return ListRows([], _meta(request, mirror_request, sides, "not_covered"))
    flows, commodities = mirror_request.reporter_flows, reference_side.selected_commodities()
    periods = _requested_months(sides)
    if len(flows) * len(commodities) * len(periods) > MAX_CELLS:
        size = f"{len(flows)} flows, {len(commodities)} commodities, {len(periods)} periods"
        raise RequestTooLarge(ParameterError("period", size, f"one request compares at most {MAX_CELLS} rows"))
    reporter_reports = fetch_reports(mirror_request, sides.reporter_side, flows, commodities, periods)
    partner_reports = fetch_reports(
        mirror_request, sides.partner_side, mirror_request.partner_flows, commodities, periods
    )
    all_rows = [
        _row(sides, (flow, commodity, period), reporter_reports, partner_reports)
        for flow in flows
        for commodity in commodities
        for period in periods
    ]
    rows = [
        row for row in all_rows if {row["value_status"], row["mirror_value_status"]} - {"not_covered", "not_published"}
    ]
    return ListRows(rows, _meta(request, mirror_request, sides, None if rows else "not_published"))


MIRROR = ListResource(
    MirrorRow,
    KEY_COLUMNS,
    mirror_rows,
    sortable_columns=sortable_columns(MirrorRow),
)


def _requested_months(sides: Sides) -> list[int]:
    """Return the first months of the requested periods, from each side that has published any."""
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
    return sorted({month for first, last, months in ranges for month in range(first, last + 1, months)})


def _row(
    sides: Sides,
    cell: tuple[str, Commodity, int],
    reporter_reports: ReportsByKey,
    partner_reports: ReportsByKey,
) -> ComparisonRow:
    flow, commodity, period = cell
    reference_side = sides.reference_side
    assert reference_side is not None
    assert reference_side.classification is not None
    mirror_flow = MIRROR_FLOWS[flow]
    reporter_report = reporter_reports.get((FLOWS[flow], commodity.code, period)) or missing_report(sides.reporter_side)
    partner_report = partner_reports.get((FLOWS[mirror_flow], commodity.code, period)) or missing_report(
        sides.partner_side
    )
    return {
        "reporter": sides.reporter_side.country.code,
        "partner": sides.partner_side.country.code,
        "partner_name": sides.partner_side.country.name,
        "flow": flow,
        "mirror_flow": mirror_flow,
        "commodity": commodity.code,
        "commodity_name": commodity.name,
        "classification": reference_side.classification.code,
        "frequency": reference_side.frequency,
        "period": reference_side.period_text(period),
        "currency": sides.currency,
        **_report_columns(reporter_report),
        **{f"mirror_{name}": value for name, value in _report_columns(partner_report).items()},
        **discrepancy_columns(reporter_report, partner_report, frequency=reference_side.frequency),
    }


def _report_columns(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != EXACT_VALUE}


def _meta(data_request: DataRequest, request: MirrorRequest, sides: Sides, empty_reason: str | None) -> dict[str, Any]:
    resolved_requests = [
        side.resolved_request for side in (sides.reporter_side, sides.partner_side) if side.resolved_request is not None
    ]
    if not resolved_requests:
        resolved_requests = [ResolvedRequest(sides.reporter_side.country, frequency=request.parameters["frequency"])]
    canonical_request = data_request.replace_parameters(partner=(sides.partner_side.country.code,))
    meta = combined_metadata(resolved_requests, canonical_request, request.reference)
    unmapped = {} if empty_reason else unmapped_metadata(request.context, resolved_requests)
    return meta | unmapped | {"empty_reason": empty_reason}
