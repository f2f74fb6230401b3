"""What one side reports of each flow, commodity and period, and why there is none of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.analytics.scope import Scope
from service.api.resolution.resolver import Resolved
from service.api.responses.query_result import Found, presented
from service.api.serialization.column_formatters import Columns
from service.domain.flows import FLOWS
from service.models import Commodity
from service.resources.mirror.queries import Cell, reports
from service.resources.mirror.request import Question
from service.resources.mirror.schemas import Report
from service.resources.mirror.sides import Side

REPORTED = list(Report._declared_fields)
FROM_THE_ROW = [name for name in REPORTED if name not in {"value_status", "trade_system", "dataset"}]
Reports = Mapping[tuple[int, str, int], Mapping[str, Any]]


def reports_of(
    question: Question, side: Side, flows: Iterable[str], goods: Sequence[Commodity], periods: Sequence[int]
) -> Reports:
    """Return what a side reports, by flow, code of the commodity and first month of the period."""
    resolved = side.resolved
    if resolved is None or resolved.scope is None or resolved.goods is None or resolved.reason:
        return {}
    ids = {good.code: good.id for good in resolved.goods_asked()}
    known = [good.code for good in goods if good.code in ids]
    cells: list[Cell] = [(FLOWS[flow], ids[code], month) for flow in flows for code in known for month in periods]
    if not cells:
        return {}
    columns = Columns(resolved, question.reference, Report).named(FROM_THE_ROW)
    result = question.session.execute(reports(resolved.scope, cells))
    found = Found(tuple(result.keys()), result.all())
    by_id = resolved.goods.by_id
    reported = {}
    for position, values in enumerate(presented(found, columns)):
        row = found.named(position)
        key = row["flow"], by_id[row["commodity_id"]].code, row["period"]
        reported[key] = dict(zip(FROM_THE_ROW, values, strict=True)) | _of_dataset(resolved, row)
    return reported


def no_report(side: Side) -> dict[str, Any]:
    """Return the report of a side that none of its datasets could answer for, or not in these goods."""
    if side.resolved is not None and side.resolved.reason == "not_published":
        return dict.fromkeys(REPORTED) | {"value_status": "not_published", "yoy_status": "value_missing"}
    return dict.fromkeys(REPORTED) | {"value_status": "not_covered", "yoy_status": "not_covered"}


def _of_dataset(resolved: Resolved, row: Mapping[str, Any]) -> dict[str, Any]:
    assert resolved.dataset is not None
    assert resolved.scope is not None
    return {
        "value_status": _value_status(resolved.scope, row),
        "trade_system": resolved.dataset.trade_system,
        "dataset": resolved.dataset.code,
    }


def _value_status(scope: Scope, row: Mapping[str, Any]) -> str:
    if row["obs_status"] is None and row["reported_value"] is None:
        return "not_published" if row["published"] is None else "not_covered"
    if row["obs_status"] == "Q":
        return "suppressed"
    if row["reported_value"] is None:
        return "value_missing"
    if row["months"] != scope.step:
        return "incomplete_period"
    return "ok" if row["value"] is not None else "no_exchange_rate"
