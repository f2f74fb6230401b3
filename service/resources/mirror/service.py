"""Rows of /v1/mirror: what each side reports of the same flow, side by side."""

from collections.abc import Mapping
from typing import Any

from service.api.database.request_context import current_reference, current_session
from service.api.resolution.resolver import Resolved
from service.api.responses.list_response import Found
from service.api.serialization.metadata import meta_of_several
from service.domain.flows import FLOWS
from service.domain.periods import period_text
from service.errors import Fault, RequestTooLarge
from service.models import Commodity
from service.resources.mirror.discrepancy import gap_between
from service.resources.mirror.reports import Reports, no_report, reports_of
from service.resources.mirror.request import Question
from service.resources.mirror.sides import Sides, both_sides

MOST_CELLS = 10_000
Entry = Mapping[str, Any]


def mirrored(asked: Mapping[str, Any]) -> Found:
    """Return a row for each flow, commodity and period of which either side reports anything.

    :raises InvalidRequest: a code is unknown, or one of the two is no single country.
    :raises RequestTooLarge: there are too many rows to compare.
    """
    question = Question(current_session(), current_reference(), asked)
    sides = both_sides(question)
    lead = sides.lead
    if lead is None or lead.scope is None:
        return Found([], _meta(question, sides, "not_covered"))
    goods, periods = lead.goods_asked(), _months(sides)
    if len(question.flows) * len(goods) * len(periods) > MOST_CELLS:
        found = f"{len(question.flows)} flows, {len(goods)} commodities, {len(periods)} periods"
        raise RequestTooLarge(Fault("period", found, f"both sides are compared in {MOST_CELLS} rows at most"))
    own = reports_of(question, sides.own, question.flows, goods, periods)
    mirror = reports_of(question, sides.mirror, question.mirrored, goods, periods)
    rows = [
        _row(question, sides, (flow, good, period), own, mirror)
        for flow in question.flows
        for good in goods
        for period in periods
    ]
    known = [
        row for row in rows if {row["value_status"], row["mirror_value_status"]} - {"not_covered", "not_published"}
    ]
    return Found(known, _meta(question, sides, None if known else "not_published"))


def _months(sides: Sides) -> list[int]:
    """Return the first months of the periods asked for, which a side that has published nothing does not tell."""
    scopes = [side.resolved.scope for side in (sides.own, sides.mirror) if side.resolved is not None]
    ranges = [(first, last, scope.step) for scope in scopes if scope is not None for first, last in scope.periods]
    return sorted({month for first, last, step in ranges for month in range(first, last + 1, step)})


def _row(question: Question, sides: Sides, cell: tuple[str, Commodity, int], own: Reports, mirror: Reports) -> Entry:
    flow, good, period = cell
    lead = sides.lead
    assert lead is not None
    assert lead.classification is not None
    opposite = question.mirrored[question.flows.index(flow)]
    of_own = own.get((FLOWS[flow], good.code, period)) or no_report(sides.own)
    of_mirror = mirror.get((FLOWS[opposite], good.code, period)) or no_report(sides.mirror)
    return {
        "reporter": sides.own.country.code,
        "partner": sides.mirror.country.code,
        "partner_name": sides.mirror.country.name,
        "flow": flow,
        "mirror_flow": opposite,
        "commodity": good.code,
        "commodity_name": good.name,
        "classification": lead.classification.code,
        "frequency": lead.frequency,
        "period": period_text(period, months=lead.step),
        "currency": sides.currency,
        **of_own,
        **{f"mirror_{name}": value for name, value in of_mirror.items()},
        **gap_between(of_own, of_mirror, frequency=lead.frequency),
    }


def _meta(question: Question, sides: Sides, empty_reason: str | None) -> dict[str, Any]:
    answers = [side.resolved for side in (sides.own, sides.mirror) if side.resolved is not None]
    asked = {**question.asked, "partner": (sides.mirror.country.code,)}
    nobody = Resolved(sides.own.country, frequency=question.asked["frequency"])
    return meta_of_several(answers or [nobody], asked, question.reference) | {"empty_reason": empty_reason}
