"""The claim of a record, such as `the highest since October 2023`: the months since a value was as high or as low."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.periods import parse_period
from service.resources.checks.claims import Claim, Quantity, Reading
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.dimension_origins import dimension_origins
from service.resources.checks.grammar.lexicon import Item
from service.resources.checks.grammar.periods.resolution import resolve_period
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject

MEASURES = {
    **dict.fromkeys(("highest", "largest", "biggest"), "months_since_as_high"),
    **dict.fromkeys(("lowest", "smallest"), "months_since_as_low"),
}
GROWTH_WORDS = frozenset({"fastest", "slowest", "sharpest", "steepest", "strongest", "weakest"})
"""Words of records of growth, which are not judged: growth has too few months of figures."""
NOUNS = frozenset(
    {
        "pace",
        "rate",
        "growth",
        "rise",
        "gain",
        "increase",
        "decline",
        "drop",
        "fall",
        "level",
        "value",
        "figure",
        "amount",
        "monthly",
        "total",
        "the",
    }
)
MAX_NOUNS = 3
MAX_DISTANCE = 60
"""Months that a record is followed back for."""


def join_records(items: Sequence[Item]) -> list[Item]:
    """Return the items of a sentence with each record, `highest since October`, joined into one of kind `quantity`."""
    result: list[Item] = []
    position = 0
    while position < len(items):
        end = _record_end(items, position)
        if end is None:
            result.append(items[position])
            position += 1
            continue
        first, period = items[position], items[end]
        last = period.end - period.text.endswith(".")
        quantity = Quantity(first.start, last, Decimal(0), "months", Decimal("0.5"), record_start=period.value)
        result.append(Item("quantity", quantity, first.start, last, first.text.lower()))
        position = end + 1
    return result


def _record_end(items: Sequence[Item], position: int) -> int | None:
    """Return the position of the period that a record goes back to; null where there is no record."""
    is_ordinal = position > 0 and items[position - 1].kind == "ordinal"
    if items[position].text.lower() not in MEASURES.keys() | GROWTH_WORDS or is_ordinal:
        return None
    end = position + 1
    while end < min(len(items), position + 1 + MAX_NOUNS) and items[end].text.lower() in NOUNS:
        end += 1
    texts = [item.text.lower() for item in items[end : end + 1]]
    is_record = texts == ["since"] and end + 1 < len(items) and items[end + 1].kind == "period"
    return end + 1 if is_record else None


def read_record_claim(
    clause: Clause,
    position: int,
    subject: Subject | None,
    number: int,
    state: ReadingState,
    context: TextContext,
    *,
    reason: str | None,
) -> Claim:
    """Return the claim of a record of a flow, or the reason for abstention: a record of growth is ambiguous."""
    item = clause.items[position]
    quantity: Quantity = item.value
    if item.text in GROWTH_WORDS:
        return Claim(quantity, number, reason=reason or "not_covered")
    if reason is not None or subject is None or subject.flow is None or subject.commodity is not None:
        return Claim(quantity, number, reason=reason or "not_covered")
    reporter = subject.reporter or state.reporter or context.reporter
    period, months = _period_and_distance(quantity, state, context)
    if reporter not in context.reporters or reporter is None or period is None or _is_on_growth(state.items):
        return Claim(quantity, number, reason="ambiguous")
    reading = Reading(MEASURES[item.text], reporter, subject.partner or WORLD_CODE, subject.flow, TOTAL_CODE, period)
    mention = state.sentence_period
    return Claim(
        replace(quantity, number=Decimal(months)),
        number,
        (reading,),
        is_confident=not clause.has("word"),
        sources=dimension_origins(clause, subject, mention, "text", state, reporter=reporter, context=context),
    )


def _period_and_distance(quantity: Quantity, state: ReadingState, context: TextContext) -> tuple[str | None, int]:
    """Return the month of the sentence, and the months back to the one that the record names; null without both."""
    mention = state.sentence_period
    period = None if mention is None else resolve_period(mention, newest_month=context.newest_month)
    if period is None or parse_period(period).months != 1:
        return None, 0
    month = parse_period(period).first_month
    start = resolve_period(quantity.record_start, newest_month=month - 1)
    if start is None or parse_period(start).months != 1:
        return None, 0
    distance = month - parse_period(start).first_month
    return (period if 0 < distance <= MAX_DISTANCE else None), distance


def _is_on_growth(items: Sequence[Item]) -> bool:
    """Return whether a sentence has a growth rate or a change, of which the record can be as well."""
    rates = (item.value.unit == "%" for item in items if item.kind == "quantity")
    return any(rates) or any(item.kind in {"direction", "comparison"} for item in items)
