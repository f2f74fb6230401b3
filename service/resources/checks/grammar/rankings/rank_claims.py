"""The claim that a partner has a rank, such as `China was Japan's second-largest export market`."""

from service.domain.codes import TOTAL_CODE
from service.resources.checks.claims import Claim, Quantity, Reading
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.dimension_origins import dimension_origins
from service.resources.checks.grammar.periods.resolution import resolve_period
from service.resources.checks.grammar.rankings.partner_roles import FLOWS_BY_NOUN
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject

RANK_MEASURE = "rank"
MAX_NOUN_DISTANCE = 4


def read_rank_claim(
    clause: Clause,
    position: int,
    sentence_number: int,
    state: ReadingState,
    context: TextContext,
    *,
    reason: str | None,
) -> Claim:
    """Return the claim that a partner has a rank, such as `China was the second-largest export market`.

    The claim has one reading, which names the partner and the flow, or a reason why the claim is not checked. A caller
    that already knows such a reason passes it as `reason`; otherwise `reason` is null. `position` is the position of
    the rank in the clause, `sentence_number` that of the sentence in the text, from 1.
    """
    quantity: Quantity = clause.items[position].value
    subject = _ranked_partner(clause, position, state, context)
    reporter = subject.reporter or state.reporter or context.reporter
    mentions = [clause.items[each].value for each in clause.positions("period")]
    mention = mentions[0] if len(mentions) == 1 else state.sentence_period
    period = None if mention is None else resolve_period(mention, newest_month=context.newest_month)
    if reason is not None or subject.flow is None or clause.has("commodity"):
        return Claim(quantity, sentence_number, reason=reason or "not_covered")
    if reporter is None or reporter not in context.reporters:
        return Claim(quantity, sentence_number, reason="ambiguous" if reporter is None else "not_covered")
    if subject.partner is None or period is None:
        return Claim(quantity, sentence_number, reason="ambiguous")
    reading = Reading(RANK_MEASURE, reporter, subject.partner, subject.flow, TOTAL_CODE, period)
    is_confident = bool(mentions) and subject.reporter is not None and clause.has("flow") and not clause.has("word")
    origins = dimension_origins(clause, subject, mention, "text", state, reporter=reporter, context=context)
    return Claim(quantity, sentence_number, (reading,), is_confident=is_confident, sources=origins)


def _ranked_partner(clause: Clause, position: int, state: ReadingState, context: TextContext) -> Subject:
    """Return reporter, partner and flow of a rank; null for what the clause does not name for certain."""
    areas = [item.value for item in clause.items if item.kind in {"area", "adjective"}]
    named = state.subject or state.earlier_subject or Subject()
    reporters = [area for area in areas if area in context.reporters and area == (context.reporter or area)]
    partners = [area for area in areas if area not in reporters[:1]] or ([] if areas[1:] else [named.partner])
    return Subject(
        flow=_flow(clause, position),
        reporter=reporters[0] if reporters else None,
        partner=partners[0] if len(partners) == 1 else None,
    )


def _flow(clause: Clause, position: int) -> str | None:
    """Return the flow of the noun behind a rank; null for `trading partner`, which is about both flows."""
    for item in clause.items[position + 1 : position + 1 + MAX_NOUN_DISTANCE]:
        if item.kind == "flow":
            return str(item.value)
        if item.text.lower() in FLOWS_BY_NOUN:
            return FLOWS_BY_NOUN[item.text.lower()]
        if item.kind in {"quantity", "period"} or "partner" in item.text:
            return None
    return None
