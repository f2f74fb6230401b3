"""Trade in what a measure affects, before and since."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import Response

from service.analytics.measures.event_window import Windows, windows_around
from service.analytics.sql.keyset_pagination import Order
from service.api.database.request_context import current_reference, current_session
from service.api.resolution.dataset_selection import choose_dataset
from service.api.resolution.reference_data import WORLD
from service.api.responses.table_response import Table, answer
from service.domain.periods import Period, PeriodRange, period_text
from service.domain.suggestions import nearest
from service.errors import Fault, InvalidRequest
from service.resources.measures.queries import trade_around
from service.resources.measures.repository import Affecting, Good, measure_found
from service.resources.measures.trade_schemas import MeasureTradeRow

ORDER = tuple(Order(column, key=True) for column in ("commodity_id", "flow", "partner_id"))
MOST_SERIES = 1000


def measure_trade(code: str, parameters: Mapping[str, Any]) -> Response:
    """Return the rows of /v1/measures/{code}/trade.

    :raises NotFound: there is no such measure.
    :raises InvalidRequest: it has no such day, does not affect such goods, or not in such a classification.
    """
    own = measure_found(code, as_of=parameters.get("as_of"))
    event, day = _event(own, parameters.get("event"))
    windows = windows_around(day, until=parameters.get("until"))
    said = {"measure": code, "event": event, "event_on": str(day), **_window_columns(windows)}
    query = partial(trade_around, windows=windows, said=said)
    table = Table(MeasureTradeRow, query, own_order=ORDER, key_order=ORDER, labels=True, most_series=MOST_SERIES)
    span = PeriodRange(Period(windows.first, 1), Period(windows.last, 1))
    return answer(table, {**parameters, **_question(own, parameters), "period": (span,)})


def _event(own: Affecting, asked: str | None) -> tuple[str, date]:
    """Return which event is asked for, and its day; where none is asked for, the first day in force if one is set."""
    in_force_on = own.measure.in_force_on
    if asked == "announced" or (asked is None and in_force_on is None):
        return "announced", own.measure.announced_on
    if in_force_on is None:
        reason = "no day is set on which the measure takes effect; ask for the day of its announcement"
        raise InvalidRequest(Fault("event", "in_force", reason, ["announced"]))
    return "in_force", in_force_on


def _window_columns(windows: Windows) -> dict[str, str]:
    """Return the first and last months of both windows, by the names of their columns."""
    return {
        f"{name}_{end}": period_text(month, months=1)
        for name in ("before", "since")
        for end, month in zip(("first", "last"), getattr(windows, name), strict=True)
    }


def _question(own: Affecting, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the question about figures that the answer is to: whose trade, in what, with whom, in which edition."""
    areas = current_reference().areas
    reporter = areas[own.measure.reporter_id].code
    named = tuple(areas[key].code for key in own.partners)
    goods = _goods_asked(own.goods, parameters)
    edition = _edition(dict.fromkeys(good.classification for good in goods), {**parameters, "reporter": reporter})
    return {
        "reporter": reporter,
        "partner": parameters.get("partner") or (*named, WORLD),
        "flow": _flows_asked(own.measure.flows, parameters.get("flow", ())),
        "commodity": tuple(good.commodity for good in goods if good.classification == edition),
        "classification": edition,
        "frequency": "M",
    }


def _flows_asked(flows: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """Return the flows that are asked for, or else all.

    :raises InvalidRequest: the measure does not affect one.
    """
    for flow in asked:
        if flow not in flows:
            reason = f"the measure does not affect it; it affects {', '.join(flows)}"
            raise InvalidRequest(Fault("flow", flow, reason, list(flows)))
    return tuple(asked or flows)


def _goods_asked(goods: Sequence[Good], parameters: Mapping[str, Any]) -> list[Good]:
    """Return the goods of the commodities and of the classification that are asked for, or else all.

    :raises InvalidRequest: the measure does not affect such a commodity, or its goods are in no such classification.
    """
    reference = current_reference()
    families = {own.code: own.family for own in reference.classifications.values()}
    wanted = parameters.get("classification", "").upper()
    found = [good for good in goods if wanted in {"", good.classification, families[good.classification]}]
    if not found:
        editions = list(dict.fromkeys(good.classification for good in goods))
        reason = f"the goods of the measure are given in {', '.join(editions)}"
        raise InvalidRequest(Fault("classification", parameters["classification"], reason, editions))
    codes = [code.upper() for code in parameters.get("commodity", ())]
    affected = dict.fromkeys(good.commodity for good in found)
    for code in codes:
        if code not in affected:
            reason = f"the measure does not affect it; it affects {', '.join(affected)}"
            raise InvalidRequest(Fault("commodity", code, reason, nearest(code, affected) or list(affected)[:5]))
    return [good for good in found if not codes or good.commodity in codes]


def _edition(editions: Iterable[str], asked: Mapping[str, Any]) -> str:
    """Return the first of `editions` in which months of the reporter's trade are loaded; the first where none is.

    :raises InvalidRequest: the dataset asked for is in none of them.
    """
    session, reference = current_session(), current_reference()
    reporter = reference.area_by_code[asked["reporter"]]
    question = {"frequency": "M"} | {name: asked[name] for name in ("dataset",) if name in asked}
    by_edition = {code: question | {"classification": code} for code in editions}
    if "dataset" in asked:
        dataset = choose_dataset(session, reference, reporter, question)
        if dataset is None:
            return next(iter(by_edition))
        named = reference.classifications[dataset.classification_id].code
        if named not in by_edition:
            reason = f"the goods of the measure are given in {', '.join(by_edition)}, and its figures in {named}"
            raise InvalidRequest(Fault("dataset", asked["dataset"], reason))
        return named
    loaded = (code for code, asks in by_edition.items() if choose_dataset(session, reference, reporter, asks))
    return next(loaded, next(iter(by_edition)))
