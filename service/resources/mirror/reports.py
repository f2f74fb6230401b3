"""What one side reports of each flow, commodity and period, and why there is none of it."""

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
    """Return what a side reports, by flow, code of the commodity and first month of the period."""
    resolved = side.resolved_request
    if resolved is None or resolved.scope is None or resolved.commodities is None or resolved.empty_reason:
        return {}
    ids = {good.code: good.id for good in resolved.selected_commodities()}
    known = [good.code for good in commodities if good.code in ids]
    cells: list[CellKey] = [(FLOWS[flow], ids[code], month) for flow in flows for code in known for month in periods]
    if not cells:
        return {}
    columns = ColumnFactory(resolved, request.reference, Report).create_columns(QUERY_RESULT_COLUMNS)
    found = request.context.fetch(reported_figures(resolved.scope, cells))
    by_id = resolved.commodities.commodity_by_id
    reported = {}
    for position, values in enumerate(zip(*project_columns(found, columns), strict=True)):
        row = found.row_mapping(position)
        key = row["flow"], by_id[row["commodity_id"]].code, row["period"]
        reported[key] = dict(zip(QUERY_RESULT_COLUMNS, values, strict=True)) | _dataset_columns(resolved, row)
    return reported


def missing_report(side: Side) -> dict[str, Any]:
    """Return the report of a side that none of its datasets could answer for, or not in these goods."""
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
        return "not_published" if row["published"] is None else "not_covered"
    if row["obs_status"] == "Q":
        return "suppressed"
    if row["reported_value"] is None:
        return "value_missing"
    if row["months"] != scope.period_months:
        return "incomplete_period"
    return "ok" if row["value"] is not None else "no_exchange_rate"
