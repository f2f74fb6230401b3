"""The claim that a number makes: its readings, or the reason for abstention."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.resources.checks.claims import Claim, Quantity, Reading
from service.resources.checks.grammar.alternatives import other_readings
from service.resources.checks.grammar.certainty import states_series
from service.resources.checks.grammar.clause_subjects import growth_currency, subject_of_quantity
from service.resources.checks.grammar.clauses import Clause, own_base
from service.resources.checks.grammar.dimension_origins import dimension_origins
from service.resources.checks.grammar.measures import MeasureChoice, choose_measures, find_direction
from service.resources.checks.grammar.periods.cumulative import cumulative_measures, named_fiscal_period
from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.periods.resolution import base_comparison, resolve_period, shift_period
from service.resources.checks.grammar.rankings.rank_claims import read_rank_claim
from service.resources.checks.grammar.rankings.record_claims import read_record_claim
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject

MAX_READINGS = 8
LEVEL_MEASURES = frozenset(
    {"value", "balance", "partner_share_pct", "commodity_share_pct", "streak_length", "partner_contribution_pp"}
)
SHARE_MEASURES = frozenset({"partner_share_pct", "commodity_share_pct"})
NOT_COVERED_BLOCKS = ("volume", "price", "part", "two_way", "window")


def read_quantity_claim(
    clause: Clause,
    position: int,
    subjects: dict[int, Subject],
    sentence_number: int,
    state: ReadingState,
    context: TextContext,
) -> Claim:
    """Return the claim that the number at `position` of a clause makes.

    The claim has readings, or the reason why it is not checked.

    `subjects` are the subjects of the clause, as `clause_subjects` returns them. `sentence_number` is the position of
    the sentence in the text, from 1.
    """
    quantity: Quantity = clause.items[position].value
    subject = _add_sentence_flow(subject_of_quantity(clause, position, subjects, state), state)
    reason = _reason_for_abstention(clause, subject, state) or (None if quantity.is_unit_known else "unit_unknown")
    if quantity.record is not None:
        return read_record_claim(clause, position, subject, sentence_number, state, context, reason=reason)
    if quantity.unit == "rank":
        return read_rank_claim(clause, position, sentence_number, state, context, reason=reason)
    choice = choose_measures(clause, position, subject, inherited_direction=state.direction, state=state)
    if choice.direction:
        state.direction = choice.direction
    state.is_share = set(choice.measures) <= SHARE_MEASURES and bool(choice.measures)
    state.share_subject = subject if state.is_share else None
    if reason is not None:
        return Claim(quantity, sentence_number, reason=reason)
    if subject is None or not subject.has_measure:
        return Claim(quantity, sentence_number, reason="not_covered")
    if choice.reason is not None:
        return Claim(quantity, sentence_number, reason=choice.reason)
    return _claim(clause, position, subject, choice, sentence_number, state, context)


def _add_sentence_flow(subject: Subject | None, state: ReadingState) -> Subject | None:
    """Return a subject without a flow with the only one of its sentence: `cars (up 31.6 %) led the rise in exports`."""
    flows = set(state.named.flows)
    is_named = subject is not None and not subject.has_measure and (subject.partner or subject.commodity)
    if subject is None or not is_named or subject.is_other or len(flows) != 1 or state.named.sides:
        return subject
    return replace(subject, flow=flows.pop(), is_inferred=True)


def _reason_for_abstention(clause: Clause, subject: Subject | None, state: ReadingState) -> str | None:
    """Return the first reason why a clause is not judged; null for a clause that is."""
    blocks = clause.values("block") | state.blocks
    if "two_way" in blocks and clause.has("flow", "balance"):  # `trade with China: exports rose 5 %`
        is_named = "two_way" in clause.values("block") and not clause.has("balance")
        blocks = blocks if is_named else blocks - {"two_way"}
    is_other = subject is not None and (subject.is_other or subject.has_unknown_word)
    reasons = {
        "opinion": clause.is_quoted or clause.has("opinion"),
        "ambiguous": clause.has("negation") or (subject is not None and subject.has_list and not is_other),
        "forecast": clause.has("forecast") or state.has_forecast,
        "seasonally_adjusted_not_loaded": state.is_adjusted,
        "not_covered": bool(blocks.intersection(NOT_COVERED_BLOCKS)) or is_other or _has_span(clause),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _has_span(clause: Clause) -> bool:
    """Return whether a clause is on several months without their names, as in `in three months`."""
    return any(
        first.kind in {"cardinal", "number"} and second.text == "months" for first, second in pairwise(clause.items)
    )


def _claim(
    clause: Clause,
    position: int,
    subject: Subject,
    choice: MeasureChoice,
    sentence_number: int,
    state: ReadingState,
    context: TextContext,
) -> Claim:
    quantity: Quantity = clause.items[position].value
    reporter = subject.reporter or state.place or state.reporter or context.reporter
    if reporter is None or reporter not in context.reporters:
        return Claim(quantity, sentence_number, reason="ambiguous" if reporter is None else "not_covered")
    mention, origin = _period_of_quantity(clause, position, choice, state)
    mention = named_fiscal_period(mention, reporter=reporter)
    periods = _periods(
        mention, choice, context, is_previous_month=_names_previous_month(clause, choice) and not clause.has("period")
    )
    if not periods:
        return Claim(quantity, sentence_number, reason="ambiguous")
    measures, is_on_month = _measures_on_base(clause, choice, periods[0], state)
    if not measures:
        return Claim(quantity, sentence_number, reason="ambiguous")
    partners = [each for each in _partners(subject) if each != reporter]
    commodities = _commodities(subject, state, context.families[reporter])
    if not commodities or not partners:
        return Claim(quantity, sentence_number, reason="not_covered")
    currency = growth_currency(clause) or state.currency
    if mention is not None and mention.first_month is not None:
        measures = cumulative_measures(measures, mention, reporter=reporter)
        if not measures:
            return Claim(quantity, sentence_number, reason="not_covered")
    is_on_month = is_on_month or shift_period(periods[0], months=-1) in state.named.periods
    readings = [
        Reading(measure, reporter, partner, _flow_code(subject), commodity, period, currency, choice.sign)
        for measure in measures
        for period in periods
        for partner in partners
        for commodity in commodities
    ]
    if subject.alternative_flow is not None and quantity.unit == "%":
        readings += [
            replace(each, measure="yoy_pct", flow=subject.alternative_flow)
            for each in readings
            if each.measure == "balance_magnitude_pct"
        ]
    is_confident = (
        origin in {"text", "previous sentence"}
        and not (context.is_reporter_assumed and subject.reporter is None and state.reporter is None)
        and choice.is_certain
        and not choice.is_base
        and not subject.is_inferred
        and (state.is_base_known or clause.has("comparison"))
        and not (state.is_later_period and not clause.has("period"))
        and states_series(clause, subject, choice, state, reporter=reporter)
        and (state.subject is not None or state.sentence_subject is not None or subject.has_measure)
    )
    readings = readings[:MAX_READINGS]
    has_direction = bool(find_direction(clause, position)) or quantity.has_sign
    named = replace(state.named, partners=[]) if _states_partner(clause, position, subject) else state.named
    return Claim(
        quantity,
        sentence_number,
        tuple(readings),
        is_confident=is_confident,
        alternatives=partial(other_readings, readings, quantity.unit, named, has_direction=has_direction),
        level_direction=choice.level_direction,
        is_on_month=is_on_month,
        sources=dimension_origins(clause, subject, mention, origin, state, reporter=reporter, context=context),
    )


def _measures_on_base(
    clause: Clause, choice: MeasureChoice, period: str, state: ReadingState
) -> tuple[tuple[str, ...], bool]:
    """Return the measures on the period that the text compares with, none where no measure has that base.

    The second value states whether the base is the month before.
    """
    if choice.comparison in {"pop", "quarter"}:
        return (choice.measures if ("Q" in period) == (choice.comparison == "quarter") else ()), True
    base = own_base(clause) or state.base
    if base is None or clause.has("comparison") or choice.is_base:
        return choice.measures, False
    comparison = base_comparison(base, period)
    if comparison == "yoy":
        return choice.measures, False
    if comparison == "two_year" and choice.measures == ("yoy_pct",):
        return ("two_year_pct",), False
    is_level = set(choice.measures) <= LEVEL_MEASURES
    if comparison == "pop" and (is_level or choice.measures == ("yoy_pct",)):
        return (choice.measures if is_level else ("pop_pct",)), True
    return (choice.measures if is_level and not choice.level_direction else ()), False


def _states_partner(clause: Clause, position: int, subject: Subject) -> bool:
    """Return whether a clause names the flow and the one partner of its number, as in `imports from China 5 bn yen`."""
    items = clause.items[:position]
    areas = [item.value for item in clause.items if item.kind == "area" and item.value == subject.partner]
    others = clause.values("area") - {subject.partner, subject.reporter}
    heads = [item.kind for item in items if item.kind in {"flow", "balance"}]
    return len(areas) == 1 and len(heads) == 1 and not others and len(clause.positions("quantity")) == 1


def _flow_code(subject: Subject) -> str:
    return subject.flow if subject.flow is not None else f"balance:{subject.balance}"


def _period_of_quantity(
    clause: Clause, position: int, choice: MeasureChoice, state: ReadingState
) -> tuple[PeriodMention | None, str]:
    """Return the period of a number and its origin: the clause, the sentence, the sentences before, or none."""
    quantities = clause.positions("quantity")
    next_quantity = min((each for each in quantities if each > position), default=len(clause.items))
    mentions = [each for each in clause.positions("period") if clause.items[each].value.is_base == choice.is_base]
    later_positions = [each for each in mentions if position < each < next_quantity]
    previous = [each for each in mentions if each < position]
    nearest = later_positions[:1] or previous[-1:]
    if choice.is_base and not nearest:
        own = [each for each in clause.positions("period") if position < each < next_quantity]
        mention = clause.items[own[0]].value if own else None
        is_main = mention is not None and mention.year is None and mention == state.sentence_period
        if mention is not None and not is_main:  # `from 6.55 trillion yen in January 2023`
            return replace(mention, is_base=True), "text"
    if nearest:
        return clause.items[nearest[0]].value, "text"
    if state.sentence_period is not None:
        return state.sentence_period, "text"
    return state.period, "previous sentence" if state.period is not None else "default"


def _names_previous_month(clause: Clause, choice: MeasureChoice) -> bool:
    texts = [item.text for item in clause.items]
    names_month = any(pair in {("previous", "month"), ("month", "before")} for pair in pairwise(texts))
    return names_month or choice.is_previous_month


def _periods(
    mention: PeriodMention | None, choice: MeasureChoice, context: TextContext, *, is_previous_month: bool
) -> list[str]:
    """Return the periods that a number can be about; the last two months where the text names none."""
    if mention is None:
        newest = resolve_period(PeriodMention(relative_months=-1), newest_month=context.newest_month)
        periods = [] if newest is None else [newest]
    else:
        period = resolve_period(mention, newest_month=context.newest_month)
        periods = [] if period is None else [period]
    if is_previous_month:
        periods = [shift_period(period, months=-1) for period in periods]
    is_shifted = choice.is_base and not (mention is not None and mention.is_base)
    if is_shifted or (choice.is_base and _is_newest(mention, periods, context)):
        periods = [shift_period(period, months=-12) for period in periods]
    return periods


def _is_newest(mention: PeriodMention | None, periods: Sequence[str], context: TextContext) -> bool:
    """Return whether a base without a year is the newest month, which cannot be one: `to 130 from 92 in January`."""
    newest = resolve_period(PeriodMention(relative_months=-1), newest_month=context.newest_month)
    return mention is not None and mention.year is None and mention.month is not None and periods == [newest]


def _partners(subject: Subject) -> list[str]:
    """Return the partners that a subject can mean: its own, else the World, else that of the subject before."""
    if subject.partner is not None:
        return [subject.partner]
    if subject.is_total or subject.inherited_partner is None:
        return [WORLD_CODE]
    return [WORLD_CODE, subject.inherited_partner]


def _commodities(subject: Subject, state: ReadingState, families: Sequence[str]) -> list[str]:
    """Return the codes that a subject can mean; none where the classification has no code for its commodity."""
    if subject.commodity is not None:
        return [f"{family}/{code}" for family in families for code in subject.commodity.get(family, ())]
    previous = state.subject
    if previous is None or previous.commodity is None or subject.is_total or subject is previous:
        return [TOTAL_CODE]
    inherited = [f"{family}/{code}" for family in families for code in previous.commodity.get(family, ())]
    return [TOTAL_CODE, *inherited]
