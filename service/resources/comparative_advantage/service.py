"""The resource /v1/comparative-advantage.

Revealed comparative advantage is a commodity's share in a reporter's exports, divided by its share in the exports of
the reference group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.analytics.sql.keyset_pagination import Order
from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.currency_conversion import validate_currency
from service.api.responses.list_resource import ListResource, ListRows
from service.api.responses.unmapped_codes import unmapped_metadata
from service.api.serialization.columns import sortable_columns
from service.api.serialization.metadata import combined_metadata
from service.domain.codes import TOTAL_CODE
from service.domain.rounding import Amount, round_half_even, rounded_ratio
from service.models import Commodity
from service.resources.comparative_advantage.schemas import ComparativeAdvantageRow
from service.resources.comparative_advantage.world_exports import ExportsReader, ReporterExports

MIN_REPORTERS = 2


def advantage_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each requested commodity and period with a figure of the reporter's exports.

    :raises InvalidRequest: a code or a currency is unknown.
    :raises RequestTooLarge: commodities times periods are more than MAX_ROWS.
    """
    parameters, reference = request.parameters, context.reference
    currency = parameters["currency"].upper()
    if currency not in {dataset.currency for dataset in reference.datasets.values()}:
        validate_currency(context.session, reference, "currency", currency)
    reader = ExportsReader(context, {**parameters, "currency": currency})
    resolved = reader.resolve_reporter()
    if resolved is None:
        return ListRows([], {"empty_reason": "not_covered"})
    fixed_world = reader.fixed_world()
    world = reader.fetch_exports([resolved, *reader.resolve_others(resolved, fixed_world)])
    exports = world[0]
    assert exports.resolved_request.commodities is not None
    commodities = exports.resolved_request.commodities.commodity_by_code
    requested_codes = {commodity.code for commodity in exports.resolved_request.selected_commodities()}
    rows = [
        _row(exports, world, commodities[code], period, currency, fixed_world)
        for period, code in exports.rows
        if code in requested_codes
    ]
    resolved_requests = [each.resolved_request for each in world]
    meta = combined_metadata(resolved_requests, request, reference)
    meta |= unmapped_metadata(context, resolved_requests) if rows else {}
    if len(world) < MIN_REPORTERS and rows:
        meta["rca_reason"] = (
            f"Exports by commodity in {exports.edition} are loaded for {exports.reporter} only; "
            "the index compares at least two reporters."
        )
    return ListRows(
        rows, meta | {"empty_reason": None if rows else exports.resolved_request.empty_reason or "not_published"}
    )


COMPARATIVE_ADVANTAGE = ListResource(
    ComparativeAdvantageRow,
    ("reporter", "period", "commodity"),
    advantage_rows,
    sortable_columns=sortable_columns(ComparativeAdvantageRow),
    default_order=(Order("period"), Order("rca", descending=True), Order("commodity")),
)


@dataclass(frozen=True)
class _WorldTotals:
    """The sums of a commodity's exports and of total exports, over the reporters for which both are known."""

    reporters: Sequence[ReporterExports]
    value: Amount
    total: Amount


def _world_totals(world: Sequence[ReporterExports], period: int, code: str) -> _WorldTotals:
    all_exports = [(each, each.value(period, code), each.value(period, TOTAL_CODE)) for each in world]
    known_exports = [(each, value, total) for each, value, total in all_exports if value is not None and total]
    return _WorldTotals(
        [each for each, _, _ in known_exports],
        sum(value for _, value, _ in known_exports),
        sum(total for _, _, total in known_exports),
    )


def _row(
    reporter_exports: ReporterExports,
    world: Sequence[ReporterExports],
    commodity: Commodity,
    period: int,
    currency: str,
    fixed_world: frozenset[str],
) -> dict[str, Any]:
    value, total = reporter_exports.value(period, commodity.code), reporter_exports.value(period, TOTAL_CODE)
    world_totals = _world_totals(world, period, commodity.code)
    has_world = len(world_totals.reporters) >= MIN_REPORTERS
    return {
        "reporter": reporter_exports.reporter,
        "commodity": commodity.code,
        "commodity_name": commodity.name,
        "classification": reporter_exports.edition,
        "level": commodity.level,
        "frequency": reporter_exports.resolved_request.frequency,
        "period": reporter_exports.resolved_request.period_text(period),
        "currency": currency,
        "value": round_half_even(value),
        "commodity_share_pct": rounded_ratio(value, total=total, scale=100),
        "world_value": round_half_even(world_totals.value) if has_world else None,
        "world_share_pct": rounded_ratio(world_totals.value, total=world_totals.total, scale=100)
        if has_world
        else None,
        **_advantage_columns(reporter_exports, value, total, world_totals, period, commodity.code, fixed_world),
        "rca_world": [each.reporter for each in world_totals.reporters],
        "rca_classifications": sorted({each.edition for each in world_totals.reporters}),
    }


def _advantage_columns(
    reporter_exports: ReporterExports,
    value: Amount | None,
    total: Amount | None,
    world_totals: _WorldTotals,
    period: int,
    code: str,
    fixed_world: frozenset[str],
) -> dict[str, Any]:
    """Return rca, (x_ij / X_i) / (x_wj / X_w), its symmetric form (rca - 1) / (rca + 1), and their status."""
    if value is None or not total:
        row = reporter_exports.rows[period, code]
        lacks_rate = row["reported_value"] is not None and row["value"] is None
        return _no_advantage("no_exchange_rate" if lacks_rate and row["is_whole"] else "value_missing")
    if fixed_world - {each.reporter for each in world_totals.reporters}:
        return _no_advantage("incomplete_world")
    if len(world_totals.reporters) < MIN_REPORTERS or not world_totals.value:
        return _no_advantage("no_world")
    reporter_product, world_product = value * world_totals.total, total * world_totals.value
    return {
        "rca": rounded_ratio(reporter_product, total=world_product),
        "rsca": rounded_ratio(reporter_product - world_product, total=reporter_product + world_product),
        "rca_status": "ok",
    }


def _no_advantage(status: str) -> dict[str, Any]:
    return {"rca": None, "rsca": None, "rca_status": status}
