"""The report of one side for each flow, commodity and period, or the reason for its absence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.analytics.scope import QueryScope
from service.api.resolution.resolver import ResolvedRequest
from service.api.serialization.column_formatters import ColumnFactory
from service.api.serialization.projection import project_columns
from service.domain.flows import FLOWS
from service.models import Commodity
from service.resources.mirror.queries import CellKey, reported_figures
from service.resources.mirror.request import MirrorRequest
from service.resources.mirror.schemas import Report
from service.resources.mirror.sides import Side

REPORT_COLUMNS = list(Report._declared_fields)
QUERY_RESULT_COLUMNS = [name for name in REPORT_COLUMNS if name not in {"value_status", "trade_system", "dataset"}]
EXACT_VALUE = "exact_value"
"""Key of the value before it is rounded to whole units, which the gap in percent is computed from."""
ReportsByKey = Mapping[tuple[int, str, int], Mapping[str, Any]]


def fetch_reports(
    request: MirrorRequest, side: Side, flows: Iterable[str], commodities: Sequence[Commodity], periods: Sequence[int]
) -> ReportsByKey:
    """Return the figures that a side reports, by flow, commodity code and first month of the period."""
    resolved = side.resolved_request
    if resolved is None or resolved.scope is None or resolved.commodities is None or resolved.empty_reason:
        return {}
    side_ids = {commodity.code: commodity.id for commodity in resolved.selected_commodities()}
    ids = [side_ids[commodity.code] for commodity in commodities if commodity.code in side_ids]
    cells: list[CellKey] = [(FLOWS[flow], key, month) for flow in flows for key in ids for month in periods]
    if not cells:
        return {}
    columns = ColumnFactory(resolved, request.reference, Report).create_columns(QUERY_RESULT_COLUMNS)
    result = request.context.fetch(reported_figures(resolved.scope, cells))
    commodity_by_id = resolved.commodities.commodity_by_id
    reports = {}
    for position, values in enumerate(zip(*project_columns(result, columns), strict=True)):
        row = result.row_mapping(position)
        key = row["flow"], commodity_by_id[row["commodity_id"]].code, row["period"]
        reports[key] = dict(zip(QUERY_RESULT_COLUMNS, values, strict=True)) | _dataset_columns(resolved, row)
    return reports


def missing_report(side: Side) -> dict[str, Any]:
    """Return the report of a side whose datasets do not cover the requested flow, commodity and period."""
    if side.resolved_request is not None and side.resolved_request.empty_reason == "not_published":
        return dict.fromkeys(REPORT_COLUMNS) | {"value_status": "not_published", "yoy_status": "value_missing"}
    return dict.fromkeys(REPORT_COLUMNS) | {"value_status": "not_covered", "yoy_status": "not_covered"}


def _dataset_columns(resolved_request: ResolvedRequest, row: Mapping[str, Any]) -> dict[str, Any]:
    assert resolved_request.dataset is not None
    assert resolved_request.scope is not None
    return {
        "value_status": _value_status(resolved_request.scope, row),
        "trade_system": resolved_request.dataset.trade_system,
        "dataset": resolved_request.dataset.code,
        EXACT_VALUE: row["value"],
    }


def _value_status(scope: QueryScope, row: Mapping[str, Any]) -> str:
    if row["obs_status"] is None and row["reported_value"] is None:
        return "not_published" if row["published_months"] is None else "not_covered"
    if row["obs_status"] == "Q":
        return "suppressed"
    if row["reported_value"] is None:
        return "value_missing"
    if row["months"] != scope.period_months:
        return "incomplete_period"
    if row["obs_status"] == "M":
        return "incomplete_total"
    return "ok" if row["value"] is not None else "no_exchange_rate"
