"""The grammar: the claims of a text, from its clauses. It abstains where a clause has more than one meaning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.resources.checks.claims import Claim, DimensionOrigin, Quantity, Reading
from service.resources.checks.grammar.alternatives import NamedDimensions, other_readings
from service.resources.checks.grammar.clauses import Clause, split_clauses
from service.resources.checks.grammar.lexicon import Item, Lexicon
from service.resources.checks.grammar.measures import BASE_OPENERS, MeasureChoice, choose_measures, find_direction
from service.resources.checks.grammar.periods import (
    PeriodMention,
    base_comparison,
    read_periods,
    resolve_period,
    shift_period,
)
from service.resources.checks.grammar.quantities import read_quantities
from service.resources.checks.grammar.subjects import Subject, add_area, read_subject
from service.resources.checks.grammar.tokens import split_sentences

GRAMMAR_VERSION = "1"
MAX_CLAIMS = 200
MAX_READINGS = 8
MAX_SENTENCE_TOKENS = 300
"""Tokens of a sentence that is read; a longer one is no prose."""
LOCAL_OPENERS = frozenset(
    {"after", "following", "compared with", "compared to", "versus", "against", "than", "reversing"}
)
CONVERSION_SYMBOLS = " ,([-\u2013/"
CONVERSION_WORDS = frozenset(
    {"or", "us", "about", "around", "roughly", "some", "equivalent", "equal", "to", "nearly", "almost"}
)
"""Words between an amount and the same amount in another currency."""
YEAR_TO_DATE_MEASURES = {"value": "ytd_value", "yoy_pct": "ytd_pct"}
CERTAIN_OPENERS = frozenset(
    ("", ",", ";", ":", "(", "and", "while", "but", "whereas", "with", "meanwhile", "which", "however")
)
"""Openers of clauses on the period and the subject of the sentence; another clause may be on something else."""
LEVEL_MEASURES = frozenset(
    {"value", "balance", "partner_share_pct", "commodity_share_pct", "streak_length", "partner_contribution_pp"}
)
PARTNER_NOUNS = frozenset(
    (
        *(
            "partner",
            "partners",
            "neighbour",
            "neighbor",
            "neighbours",
            "neighbors",
            "rival",
            "rivals",
            "ally",
            "allies",
        ),
        *("market", "markets", "country", "countries", "buyer", "buyers", "customer", "customers", "supplier"),
        *(
            "suppliers",
            "bloc",
            "region",
            "regions",
            "destination",
            "destinations",
            "there",
            "latter",
            "former",
            "nation",
        ),
    )
)
HEAD_KINDS = ("flow", "balance")
NOT_COVERED_BLOCKS = ("volume", "price", "part", "window")


@dataclass(frozen=True)
class TextContext:
    """The context of a text.

    `reporter` is the one of the request, else the one that the text names; null where there is none.
    `reporters` are the codes with loaded figures. `newest_month` is the last month that the text can be about, as
    year * 12 + month - 1. `family` is the family of classification by reporter.
    """

    reporter: str | None
    reporters: frozenset[str]
    newest_month: int
    families: dict[str, tuple[str, ...]]


@dataclass
class _State:
    """The state of reading: subject and period of the clauses before, and what the sentence carries on."""

    subject: Subject | None = None
    earlier_subject: Subject | None = None
    sentence_subject: Subject | None = None
    period: PeriodMention | None = None
    sentence_period: PeriodMention | None = None
    reporter: str | None = None
    direction: int = 0
    is_adjusted: bool = False
    blocks: set[str] = field(default_factory=set)
    currency: str | None = None
    flow: str | None = None
    has_quantity: bool = False
    is_later_period: bool = False
    base: PeriodMention | None = None
    is_base_known: bool = True
    areas: list[str] = field(default_factory=list)
    named: NamedDimensions = field(default_factory=NamedDimensions)


def read_claims(text: str, lexicon: Lexicon, context: TextContext) -> list[Claim]:
    """Return the claims of a text in order, at most MAX_CLAIMS."""
    claims: list[Claim] = []
    state = _State()
    for number, tokens in enumerate(split_sentences(text), start=1):
        quantities = read_quantities(list(lexicon.read(tokens)))
        if len(tokens) > MAX_SENTENCE_TOKENS:
            claims += [Claim(item.value, number, reason="ambiguous") for item in quantities if item.kind == "quantity"]
            claims = claims[:MAX_CLAIMS]
        if len(claims) == MAX_CLAIMS:
            return claims
        if len(tokens) > MAX_SENTENCE_TOKENS:
            continue
        items = read_periods(quantities)
        for claim in _read_sentence(items, number, state, context):
            claims.append(_link_conversion(claim, claims, text))
            if len(claims) == MAX_CLAIMS:
                return claims
    return claims


def _read_sentence(items: Sequence[Item], number: int, state: _State, context: TextContext) -> Iterator[Claim]:
    clauses = split_clauses(items)
    state.earlier_subject, state.subject, state.sentence_subject = state.subject or state.earlier_subject, None, None
    state.sentence_period, state.direction, state.currency = _sentence_period(clauses), 0, None
    state.is_adjusted = any("adjusted" in clause.values("block") for clause in clauses)
    state.blocks, state.has_quantity = set(), False
    state.period = state.sentence_period or state.period
    state.base, state.is_base_known = _sentence_base(clauses)
    state.named = _named_dimensions(clauses, state, context)
    last_period_clause = _period_clause(clauses)
    for clause in clauses:
        state.is_later_period = (
            last_period_clause is not None and clause is not last_period_clause and last_period_clause.has("quantity")
        )
        if clause.opener == ";":
            state.currency, state.blocks = None, set()
        subjects = _clause_subjects(clause, state, context)
        if clause.has("quantity"):
            state.has_quantity = True
        else:
            state.blocks |= set() if state.has_quantity else clause.values("block")
            state.currency = _growth_currency(clause) or state.currency
        for position in clause.positions("quantity"):
            yield _read_quantity(clause, position, subjects, number, state, context)
        if subjects:
            state.subject = subjects[max(subjects)]
            state.sentence_subject = state.sentence_subject or state.subject
            state.flow = state.subject.flow or state.flow
        stated = [subject.reporter for head, subject in subjects.items() if clause.items[head].kind in HEAD_KINDS]
        state.reporter = next((reporter for reporter in stated if reporter is not None), state.reporter)


def _sentence_period(clauses: Sequence[Clause]) -> PeriodMention | None:
    """Return the first period of a sentence that is neither a base nor in a clause on another period."""
    for clause in clauses:
        if clause.opener in LOCAL_OPENERS:
            continue
        for position in clause.positions("period"):
            mention: PeriodMention = clause.items[position].value
            if not mention.is_base:
                return mention
    return None


def _sentence_base(clauses: Sequence[Clause]) -> tuple[PeriodMention | None, bool]:
    """Return the period that `compared with December` names, and whether each comparison of the sentence names one."""
    base: PeriodMention | None = None
    is_known = True
    for previous, clause in pairwise([Clause(), *clauses]):
        is_base = clause.opener in BASE_OPENERS or (clause.opener == "since" and previous.has("quantity"))
        if is_base and not clause.has("quantity"):
            base = base or _own_base(clause)
            is_known = is_known and (clause.has("period", "comparison"))
    return base, is_known


def _own_base(clause: Clause) -> PeriodMention | None:
    mentions = (clause.items[position].value for position in clause.positions("period"))
    return next((mention for mention in mentions if mention.is_base), None)


def _named_dimensions(clauses: Sequence[Clause], state: _State, context: TextContext) -> NamedDimensions:
    """Return the partners, flows and periods of a sentence, and the partners of the one before."""
    items = [item for clause in clauses for item in clause.items]
    previous = state.earlier_subject
    flows = [item.value for item in items if item.kind == "flow"]
    if not flows:
        flows = ["X", "M"]
    mentions = [item.value for item in items if item.kind == "period"]
    periods = [resolve_period(mention, newest_month=context.newest_month) for mention in mentions]
    areas = [item.value for item in items if item.kind in {"area", "adjective"}]
    partners, state.areas = [*areas, *state.areas], areas
    if previous is not None and previous.partner is not None:
        partners.append(previous.partner)
    return NamedDimensions(partners, flows, [period for period in periods if period is not None])


def _period_clause(clauses: Sequence[Clause]) -> Clause | None:
    """Return the clause with the period of the sentence; null for the first clause and where there is none."""
    for clause in clauses:
        mentions = [clause.items[position].value for position in clause.positions("period")]
        if clause.opener not in LOCAL_OPENERS and any(not mention.is_base for mention in mentions):
            return None if clause is clauses[0] else clause
    return None


def _clause_subjects(clause: Clause, state: _State, context: TextContext) -> dict[int, Subject]:
    """Return the subjects of a clause by the position of their head."""
    reporter = state.reporter or context.reporter
    heads = clause.positions("flow", "balance")
    subjects = {head: read_subject(clause.items, head, reporter=reporter) for head in heads}
    if len(heads) > 1:
        subjects = _share_partner_of_balance(subjects)
        subjects = {
            head: replace(subject, has_list=subject.has_list or _is_joined(clause, heads))
            for head, subject in subjects.items()
        }
    if not subjects and not _is_apposition(clause, state):
        subjects = _headless_subjects(clause)
    if len(subjects) == 1:
        head, subject = next(iter(subjects.items()))
        subjects = {head: _add_distant_areas(clause, head, subject, reporter)}
    return {head: _completed(subject, state) for head, subject in subjects.items()}


def _is_apposition(clause: Clause, state: _State) -> bool:
    """Return whether a clause only describes the subject: `exports to China, Japan's largest market, rose`."""
    is_description = clause.opener in {",", "("} and clause.items[0].kind != "to" and clause.items[0].text != "those"
    return is_description and not clause.has("quantity") and state.subject is not None


def _is_joined(clause: Clause, heads: Sequence[int]) -> bool:
    """Return whether two flows follow one another with no number between, as in `exports and imports rose 5 %`."""
    quantities = clause.positions("quantity")
    return any(
        clause.items[first].kind == "flow" and not any(first < each < second for each in quantities)
        for first, second in pairwise(heads)
    )


def _share_partner_of_balance(subjects: dict[int, Subject]) -> dict[int, Subject]:
    """Return the subjects, those of `the balance with China was a surplus` with the same partner and reporter."""
    first = next(iter(subjects.values()))
    if first.balance != "balance":
        return subjects
    return {
        head: replace(each, partner=each.partner or first.partner, reporter=each.reporter or first.reporter)
        if each.balance is not None
        else each
        for head, each in subjects.items()
    }


def _headless_subjects(clause: Clause) -> dict[int, Subject]:
    """Return the subject of a clause without a flow or balance: an area, a commodity, or something other than trade."""
    quantities = clause.positions("quantity")
    limit = quantities[0] if quantities else len(clause.items)
    candidates = [
        position
        for position, item in enumerate(clause.items[:limit])
        if item.kind in {"area", "commodity", "money"} or (item.kind == "block" and item.value == "other_subject")
    ]
    if not candidates:
        return _following_subject(clause, quantities)
    head = candidates[-1]
    item = clause.items[head]
    kinds = [clause.items[position].kind for position in candidates]
    if item.kind in {"block", "money"}:
        return {head: Subject(is_other=True)} if item.kind == "block" or not _is_currency_phrase(clause, head) else {}
    subject = Subject(has_list=kinds.count("area") > 1 or kinds.count("commodity") > 1)
    for position in candidates:
        each = clause.items[position]
        if each.kind == "area" and _is_reporter_phrase(clause, position):
            is_other_place = subject.commodity is not None
            subject = replace(subject, reporter=each.value, has_unknown_word=is_other_place)
        elif each.kind == "area":
            subject = replace(subject, partner=each.value)
        elif each.kind == "commodity":
            subject = replace(subject, commodity=each.value)
    return {head: subject}


def _is_reporter_phrase(clause: Clause, position: int) -> bool:
    return position > 0 and clause.items[position - 1].kind == "to" and clause.items[position - 1].value == "in"


def _following_subject(clause: Clause, quantities: Sequence[int]) -> dict[int, Subject]:
    """Return the subject other than trade that follows a number directly, as in `a 25 % tariff`."""
    for position in quantities:
        for item in clause.items[position + 1 : position + 3]:
            if item.kind == "block" and item.value == "other_subject":
                return {position: Subject(is_other=True)}
    return {}


def _is_currency_phrase(clause: Clause, position: int) -> bool:
    return any(item.kind == "to" and item.value == "in" for item in clause.items[max(0, position - 3) : position])


def _growth_currency(clause: Clause) -> str | None:
    """Return the currency of `in dollars` or `in yen terms`; null where there is none."""
    for position in clause.positions("money"):
        if _is_currency_phrase(clause, position):
            value: str = clause.items[position].value
            return value
    return None


def _add_distant_areas(clause: Clause, head: int, subject: Subject, reporter: str | None) -> Subject:
    """Return the subject with a partner that stands behind the number: `exports rose 15.6 % to the US`."""
    if subject.partner is not None or subject.is_other or not subject.has_measure:
        return subject
    quantities = clause.positions("quantity")
    preposition: str | None = None
    for position, item in enumerate(clause.items):
        if item.kind == "to":
            preposition = item.value
        elif item.kind == "area" and preposition in {"to", "from", "with"} and quantities and position > quantities[0]:
            subject = add_area(subject, item, preposition, reporter=reporter)
        elif item.kind == "area" and preposition == "in" and position < head:
            subject = replace(subject, reporter=subject.reporter or item.value)
        elif item.kind not in {"filler", "adjective", "area"}:
            preposition = None
    return subject


def _completed(subject: Subject, state: _State) -> Subject:
    """Return the subject with the flow of the subject before, where it states none itself."""
    previous = state.subject or state.earlier_subject
    if subject.has_measure or subject.is_other or previous is None:
        return subject
    commodity = subject.commodity if subject.commodity is not None else previous.commodity
    return replace(
        subject,
        flow=previous.flow,
        balance=previous.balance,
        reporter=subject.reporter or previous.reporter,
        commodity=commodity,
        is_total=False,
        has_unknown_word=subject.has_unknown_word or previous.has_unknown_word,
        alternative_flow=None if previous.balance is None else state.flow,
    )


def _read_quantity(
    clause: Clause, position: int, subjects: dict[int, Subject], number: int, state: _State, context: TextContext
) -> Claim:
    quantity: Quantity = clause.items[position].value
    subject = _subject_of_quantity(clause, position, subjects, state)
    reason = _reason_for_abstention(clause, subject, state)
    choice = choose_measures(clause, position, subject, inherited_direction=state.direction)
    if choice.direction:
        state.direction = choice.direction
    if reason is not None:
        return Claim(quantity, number, reason=reason)
    if subject is None or not subject.has_measure:
        return Claim(quantity, number, reason="not_covered")
    if choice.reason is not None:
        return Claim(quantity, number, reason=choice.reason)
    return _claim(clause, position, subject, choice, number, state, context)


def _subject_of_quantity(clause: Clause, position: int, subjects: dict[int, Subject], state: _State) -> Subject | None:
    """Return the subject of a number: behind it in `a 29 % rise in exports`, else before it, else inherited."""
    later_heads = [head for head in subjects if head > position]
    earlier_heads = [head for head in subjects if head <= position]
    if clause.has("share", "contribution"):
        if earlier_heads:
            return _part_by_possessor(clause, subjects[earlier_heads[-1]])
        return _part_of_whole(clause, position, subjects[later_heads[0]]) if later_heads else state.subject
    if later_heads and _is_noun_phrase(clause.items[position + 1 : later_heads[0] + 1]):
        return subjects[later_heads[0]]
    if earlier_heads:
        return subjects[earlier_heads[-1]]
    if later_heads and state.subject is None:
        return subjects[later_heads[0]]
    return state.subject or (state.earlier_subject if not subjects else subjects[max(subjects)])


def _part_by_possessor(clause: Clause, whole: Subject) -> Subject:
    """Return the part that `China's share of exports` is of."""
    share = clause.positions("share")
    for position in clause.positions("area"):
        is_possessor = clause.items[position + 1 : position + 2] and clause.items[position + 1].kind == "possessive"
        if share and position < share[0] and is_possessor:
            return replace(whole, partner=clause.items[position].value, is_total=False)
    return whole


def _part_of_whole(clause: Clause, position: int, whole: Subject) -> Subject:
    """Return the part that a share or contribution is of: `China accounted for 17 % of exports`."""
    for item in clause.items[:position]:
        if item.kind == "area":
            whole = replace(whole, partner=item.value, is_total=False)
        elif item.kind == "commodity":
            whole = replace(whole, commodity=item.value, is_total=False)
    return whole


def _is_noun_phrase(items: Sequence[Item]) -> bool:
    """Return whether items between a number and a head join them: `rise in`, `of`, or adjectives of the head."""
    if any(item.kind in {"quantity", "conjunction", "period"} for item in items):
        return False
    prepositions = [item.value for item in items if item.kind == "to"]
    return not prepositions or prepositions[0] in {"in", "of"}


def _reason_for_abstention(clause: Clause, subject: Subject | None, state: _State) -> str | None:
    """Return the first reason why a clause is not judged; null for a clause that is."""
    blocks = clause.values("block") | state.blocks
    is_other = subject is not None and (subject.is_other or subject.has_unknown_word)
    reasons = {
        "opinion": clause.is_quoted or clause.has("opinion"),
        "ambiguous": clause.has("negation") or (subject is not None and subject.has_list and not is_other),
        "forecast": clause.has("forecast"),
        "seasonally_adjusted_not_loaded": state.is_adjusted,
        "not_covered": bool(blocks.intersection(NOT_COVERED_BLOCKS)) or is_other,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _claim(
    clause: Clause,
    position: int,
    subject: Subject,
    choice: MeasureChoice,
    number: int,
    state: _State,
    context: TextContext,
) -> Claim:
    quantity: Quantity = clause.items[position].value
    reporter = subject.reporter or state.reporter or context.reporter
    if reporter is None or reporter not in context.reporters:
        return Claim(quantity, number, reason="ambiguous" if reporter is None else "not_covered")
    mention, origin = _period_of_quantity(clause, position, choice, state)
    periods = _periods(
        mention, choice, context, is_previous_month=_names_previous_month(clause, choice) and not clause.has("period")
    )
    if not periods:
        return Claim(quantity, number, reason="ambiguous")
    measures, is_on_month = _measures_on_base(clause, choice, periods[0], state)
    if not measures:
        return Claim(quantity, number, reason="ambiguous")
    partners = _partners(subject, state, reporter)
    commodities = _commodities(subject, state, context.families[reporter])
    if not commodities:
        return Claim(quantity, number, reason="not_covered")
    currency = _growth_currency(clause) or state.currency
    if mention is not None and mention.first_month is not None:
        measures = tuple(YEAR_TO_DATE_MEASURES.get(measure, "") for measure in measures)
        if mention.first_month != 1 or "" in measures:
            return Claim(quantity, number, reason="not_covered")
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
        and not clause.has("word")
        and choice.is_certain
        and (state.is_base_known or clause.has("comparison"))
        and not choice.is_base
        and clause.opener in CERTAIN_OPENERS
        and not (state.is_later_period and not clause.has("period"))
        and _is_complete(clause, subject, reporter)
        and (subject.partner is not None or not _describes_partner(clause))
        and (state.subject is not None or state.sentence_subject is not None or subject.has_measure)
    )
    readings = readings[:MAX_READINGS]
    has_direction = bool(find_direction(clause, position)) or quantity.has_sign
    return Claim(
        quantity,
        number,
        tuple(readings),
        is_confident=is_confident,
        alternatives=other_readings(readings, quantity.unit, state.named, has_direction=has_direction),
        level_direction=choice.level_direction,
        is_on_month=is_on_month,
        sources=_sources(subject, mention, origin, reporter, context),
    )


def _measures_on_base(
    clause: Clause, choice: MeasureChoice, period: str, state: _State
) -> tuple[tuple[str, ...], bool]:
    """Return the measures on the period that the text compares with, none where no measure has that base.

    The second value states whether the base is the month before.
    """
    if choice.comparison in {"pop", "quarter"}:
        return (choice.measures if ("Q" in period) == (choice.comparison == "quarter") else ()), True
    base = _own_base(clause) or state.base
    if base is None or clause.has("comparison") or choice.is_base:
        return choice.measures, False
    comparison = base_comparison(base, period)
    if comparison == "yoy":
        return choice.measures, False
    is_level = set(choice.measures) <= LEVEL_MEASURES
    if comparison == "pop" and (is_level or choice.measures == ("yoy_pct",)):
        return (choice.measures if is_level else ("pop_pct",)), True
    return (choice.measures if is_level and not choice.level_direction else ()), False


def _is_complete(clause: Clause, subject: Subject, reporter: str) -> bool:
    """Return whether the subject has every area and commodity of its clause."""
    areas = clause.values("area") <= {subject.partner, reporter, WORLD_CODE}
    commodities = all(clause.items[each].value == subject.commodity for each in clause.positions("commodity"))
    return areas and commodities and not clause.has("block")


def _describes_partner(clause: Clause) -> bool:
    """Return whether a clause has a partner without its name, as in `exports to its largest trading partner`."""
    return any(not PARTNER_NOUNS.isdisjoint(item.text.lower().split()) for item in clause.items)


def _flow_code(subject: Subject) -> str:
    return subject.flow if subject.flow is not None else f"balance:{subject.balance}"


def _period_of_quantity(
    clause: Clause, position: int, choice: MeasureChoice, state: _State
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
        if own:  # `from 6.55 trillion yen in January 2023`
            return replace(clause.items[own[0]].value, is_base=True), "text"
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
    if choice.is_base and not (mention is not None and mention.is_base):
        periods = [shift_period(period, months=-12) for period in periods]
    return periods


def _partners(subject: Subject, state: _State, reporter: str) -> list[str]:
    """Return the partners that a subject can mean: its own, else the World, else that of the subject before."""
    if subject.partner is not None:
        return [subject.partner]
    if subject.is_total:
        return [WORLD_CODE]
    previous = state.subject or state.earlier_subject
    inherited = previous.partner if previous is not None and not previous.is_total else None
    if subject is state.subject or inherited in {None, reporter}:
        return [WORLD_CODE]
    assert inherited is not None
    return [WORLD_CODE, inherited]


def _commodities(subject: Subject, state: _State, families: Sequence[str]) -> list[str]:
    """Return the codes that a subject can mean; none where the classification has no code for its commodity."""
    if subject.commodity is not None:
        return [f"{family}/{code}" for family in families for code in subject.commodity.get(family, ())]
    previous = state.subject
    if previous is None or previous.commodity is None or subject.is_total or subject is previous:
        return [TOTAL_CODE]
    inherited = [f"{family}/{code}" for family in families for code in previous.commodity.get(family, ())]
    return [TOTAL_CODE, *inherited]


def _sources(
    subject: Subject, mention: PeriodMention | None, origin: str, reporter: str, context: TextContext
) -> tuple[DimensionOrigin, ...]:
    reporter_origin = "text" if subject.reporter == reporter else "default"
    if reporter_origin == "default" and context.reporter is None:
        reporter_origin = "previous sentence"
    period_origin = "published" if mention is None or (mention.year is None and origin == "text") else origin
    return (
        DimensionOrigin("reporter", reporter_origin),
        DimensionOrigin("period", period_origin if mention else origin),
    )


def _link_conversion(claim: Claim, claims: Sequence[Claim], text: str) -> Claim:
    """Return the claim, linked to the amount before it where it gives that amount in another currency."""
    if not claims or claim.quantity.unit != "currency" or claims[-1].quantity.unit != "currency":
        return claim
    previous = claims[-1].quantity
    gap = text[previous.end : claim.quantity.start].strip(" ,").lower()
    joins = not gap.strip(CONVERSION_SYMBOLS) or set(gap.strip(CONVERSION_SYMBOLS).split()) <= CONVERSION_WORDS
    if joins and claim.quantity.currency is not None and claim.quantity.currency != previous.currency:
        return replace(claim, conversion_source=len(claims) - 1)
    return claim
