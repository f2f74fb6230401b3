"""The claim of a record: the months since a value, a balance or growth was as high or as low, or had the same sign."""

from dataclasses import replace
from decimal import Decimal

from service.domain.codes import WORLD_CODE
from service.domain.periods import parse_period
from service.resources.checks.claims import Claim, Quantity, Reading
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.dimension_origins import dimension_origins
from service.resources.checks.grammar.measures import preceding_direction
from service.resources.checks.grammar.periods.resolution import resolve_period
from service.resources.checks.grammar.rankings.record_phrases import (
    EVER,
    FIRST,
    GROWTH_WORDS,
    RecordPhrase,
)
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject, commodity_codes

MAX_DISTANCE = 120
"""Months that a record is followed back for."""
SIDES = frozenset({"deficit", "surplus"})
OPPOSITES = {"high": "low", "low": "high"}
DIRECTIONS = {1: "up", -1: "down", 0: None}
VALUE_MEASURES = {"high": "months_since_as_high", "low": "months_since_as_low"}
GROWTH_MEASURES = {"high": "months_since_growth_as_high", "low": "months_since_growth_as_low"}
BALANCE_MEASURES = {"high": "months_since_balance_as_high", "low": "months_since_balance_as_low"}
FIRST_MEASURES = {
    "up": "months_since_rise",
    "down": "months_since_decline",
    "surplus": "months_since_surplus",
    "deficit": "months_since_deficit",
}


def read_record_claim(
    clause: Clause,
    position: int,
    subject: Subject | None,
    sentence_number: int,
    state: ReadingState,
    context: TextContext,
    *,
    reason: str | None,
) -> Claim:
    """Return the claim of a record, such as `highest since May`, of a flow, a balance or growth.

    The claim has readings, or the reason why it is not checked. A record beside a growth rate can be that of the value
    or that of growth; where no word decides, the reason is `ambiguous`. A caller that already knows a reason why the
    claim is not checked passes it as `reason`; otherwise `reason` is null. `position` is the position of the record in
    the clause, `sentence_number` that of the sentence in the text, from 1.
    """
    quantity: Quantity = clause.items[position].value
    record: RecordPhrase = quantity.record
    if reason is not None or subject is None or not subject.has_measure:
        return Claim(quantity, sentence_number, reason=reason or "not_covered")
    noun = record.noun or _noun(clause, position, subject, record, state)
    measure = _measure(record, noun)
    reporter = subject.reporter or state.place or state.reporter or context.reporter
    period, months = _period_and_distance(record, state, context)
    is_vague = noun is None and record.extreme != FIRST and _is_on_growth(state)
    if measure is None or reporter is None or reporter not in context.reporters or period is None or is_vague:
        return Claim(quantity, sentence_number, reason="ambiguous")
    flow = f"balance:{noun}" if noun in SIDES else subject.flow
    if flow is None:
        return Claim(quantity, sentence_number, reason="not_covered")
    readings = tuple(
        Reading(measure, reporter, subject.partner or WORLD_CODE, flow, code, period)
        for code in commodity_codes(subject, context.families[reporter])
    )
    if not readings:
        return Claim(quantity, sentence_number, reason="not_covered")
    is_exact = noun not in {"up", "down"} or record.extreme == FIRST or clause.items[position].text in GROWTH_WORDS
    return Claim(
        replace(quantity, number=Decimal(months)),
        sentence_number,
        readings,
        is_confident=is_exact and not clause.has("word") and state.is_series_clear and not state.has_unknown_partner,
        sources=dimension_origins(
            clause, subject, state.sentence_period, "text", state, reporter=reporter, context=context
        ),
    )


def _noun(clause: Clause, position: int, subject: Subject, record: RecordPhrase, state: ReadingState) -> str | None:
    """Return the noun that a record leaves out: that of its subject, or the direction before it."""
    if subject.balance in SIDES:
        return subject.balance
    if record.is_growth or record.extreme == FIRST:
        return DIRECTIONS[preceding_direction(clause.items, position) or state.direction]
    return None


def _measure(record: RecordPhrase, noun: str | None) -> str | None:
    """Return the measure of a record; null where it is not clear which one it is of."""
    extreme = record.extreme
    if extreme == FIRST:
        return FIRST_MEASURES.get(noun or "")
    if noun in SIDES:
        return BALANCE_MEASURES[extreme if noun == "surplus" else OPPOSITES[extreme]]
    if noun in {"up", "down"}:
        return GROWTH_MEASURES[extreme if noun == "up" else OPPOSITES[extreme]]
    return None if record.is_growth else VALUE_MEASURES[extreme]


def _period_and_distance(record: RecordPhrase, state: ReadingState, context: TextContext) -> tuple[str | None, int]:
    """Return the month of the sentence, and the months back to the one that the record names; null without both."""
    mention = state.sentence_period or state.period
    period = None if mention is None else resolve_period(mention, newest_month=context.newest_month)
    if period is None or parse_period(period).months != 1:
        return None, 0
    if record.months or record.start == EVER:
        return period, record.months
    month = parse_period(period).first_month
    start = resolve_period(record.start, newest_month=month - 1)
    if start is None or parse_period(start).months != 1:
        return None, 0
    distance = month - parse_period(start).first_month
    return (period if 0 < distance <= MAX_DISTANCE else None), distance


def _is_on_growth(state: ReadingState) -> bool:
    """Return whether a sentence has a growth rate or a change, of which the record can be as well."""
    rates = (item.value.unit == "%" for item in state.items if item.kind == "quantity")
    return any(rates) or any(item.kind in {"direction", "comparison"} for item in state.items)
