"""Rows of /v1/comparative-advantage: each commodity's share in a reporter's exports over that in the world's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.database.request_context import current_reference, current_session
from service.api.resolution.currency_conversion import known_currency
from service.api.resolution.reference_data import TOTAL
from service.api.responses.list_response import Found
from service.api.serialization.column_formatters import whole_units
from service.api.serialization.metadata import meta_of_several
from service.domain.periods import period_text
from service.domain.ratios import Amount, quotient
from service.models import Commodity
from service.resources.comparative_advantage.world_exports import Exports, Reader

FEWEST_REPORTERS = 2


def advantages(asked: Mapping[str, Any]) -> Found:
    """Return a row for each commodity and period that the reporter's exports are known of.

    :raises InvalidRequest: a code or a currency is unknown.
    :raises RequestTooLarge: there are too many rows.
    """
    session, reference = current_session(), current_reference()
    currency = asked["currency"].upper()
    if currency not in {dataset.currency for dataset in reference.datasets.values()}:
        known_currency(session, reference, "currency", currency)
    reader = Reader(session, reference, {**asked, "currency": currency})
    own = reader.own()
    if own is None:
        return Found([], {"empty_reason": "not_covered"})
    world = [own, *reader.others(own)]
    assert own.resolved.goods is not None
    goods = own.resolved.goods.by_code
    asked_for = {good.code for good in own.resolved.goods_asked()}
    rows = [_row(own, world, goods[code], period, currency) for period, code in own.rows if code in asked_for]
    meta = meta_of_several([each.resolved for each in world], asked, reference)
    return Found(rows, meta | {"empty_reason": None if rows else own.resolved.reason or "not_published"})


@dataclass(frozen=True)
class _Sums:
    """The exports of one commodity, and of all goods, by all reporters of which both are known."""

    reporters: Sequence[Exports]
    value: Amount
    total: Amount


def _world_of(world: Sequence[Exports], period: int, code: str) -> _Sums:
    known = [(each, each.value(period, code), each.value(period, TOTAL)) for each in world]
    counted = [(each, value, total) for each, value, total in known if value is not None and total]
    return _Sums(
        [each for each, _, _ in counted],
        sum(value for _, value, _ in counted),
        sum(total for _, _, total in counted),
    )


def _row(own: Exports, world: Sequence[Exports], good: Commodity, period: int, currency: str) -> dict[str, Any]:
    value, total = own.value(period, good.code), own.value(period, TOTAL)
    sums = _world_of(world, period, good.code)
    enough = len(sums.reporters) >= FEWEST_REPORTERS
    return {
        "reporter": own.reporter,
        "commodity": good.code,
        "commodity_name": good.name,
        "classification": own.edition,
        "level": good.level,
        "frequency": own.resolved.frequency,
        "period": period_text(period, months=own.resolved.step),
        "currency": currency,
        "value": whole_units(value),
        "commodity_share_pct": quotient(value, whole=total, scale=100),
        "world_value": whole_units(sums.value) if enough else None,
        "world_share_pct": quotient(sums.value, whole=sums.total, scale=100) if enough else None,
        **_advantage(own, value, total, sums, period, good.code),
        "rca_world": [each.reporter for each in sums.reporters],
        "rca_classifications": sorted({each.edition for each in sums.reporters}),
    }


def _advantage(
    own: Exports, value: Amount | None, total: Amount | None, sums: _Sums, period: int, code: str
) -> dict[str, Any]:
    """Return rca, (x_ij / X_i) / (x_wj / X_w), and its status."""
    if value is None or not total:
        reported = own.rows[period, code]["reported"]
        unconverted = reported is not None and own.rows[period, code]["value"] is None
        return {"rca": None, "rca_status": "no_exchange_rate" if unconverted else "value_missing"}
    if len(sums.reporters) < FEWEST_REPORTERS or not sums.value:
        return {"rca": None, "rca_status": "no_world"}
    return {"rca": quotient(value * sums.total, whole=total * sums.value), "rca_status": "ok"}
