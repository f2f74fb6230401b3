"""The grammar: the claims of a text, sentence by sentence. It abstains where a clause has more than one meaning."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from service.resources.checks.claims import Claim
from service.resources.checks.grammar.alternatives import NamedDimensions
from service.resources.checks.grammar.asides import HEAD_KINDS, is_aside, names_next_number, place_of_clause
from service.resources.checks.grammar.certainty import has_other_name, is_series_clear, names_unknown_partner
from service.resources.checks.grammar.clause_subjects import clause_subjects, growth_currency, named_series
from service.resources.checks.grammar.clauses import Clause, own_base, split_clauses
from service.resources.checks.grammar.measures import BASE_OPENERS, is_earlier_year
from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.periods.reading import read_periods
from service.resources.checks.grammar.periods.resolution import resolve_period
from service.resources.checks.grammar.quantities import read_quantities
from service.resources.checks.grammar.quantity_claims import read_quantity_claim
from service.resources.checks.grammar.rankings.partner_roles import described_partner
from service.resources.checks.grammar.rankings.record_phrases import join_records
from service.resources.checks.grammar.respective_lists import split_respective_lists
from service.resources.checks.grammar.series_ratios import read_series_ratio
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject
from service.resources.checks.grammar.words.deals import resolve_deals
from service.resources.checks.grammar.words.lexicon import Item, Lexicon
from service.resources.checks.grammar.words.number_words import read_number_words
from service.resources.checks.grammar.words.phrases import resolve_phrases
from service.resources.checks.grammar.words.purchases import resolve_purchases
from service.resources.checks.grammar.words.tokens import split_sentences

GRAMMAR_VERSION = "1"
MAX_CLAIMS = 200
MAX_SENTENCE_TOKENS = 300
"""Tokens of a sentence that is read; a longer one is no prose."""
LOCAL_OPENERS = frozenset(
    {"after", "following", "followed", "compared with", "compared to", "versus", "against", "than", "reversing"}
)
CONVERSION_SYMBOLS = " ,([-\u2013/"
CONVERSION_WORDS = frozenset(
    {"or", "us", "about", "around", "roughly", "some", "equivalent", "equal", "to", "nearly", "almost"}
)
"""Words between an amount and the same amount in another currency."""


def read_claims(text: str, lexicon: Lexicon, context: TextContext) -> list[Claim]:
    """Return the claims of a text in order, at most MAX_CLAIMS."""
    claims: list[Claim] = []
    state = ReadingState(text=text)
    for sentence_number, tokens in enumerate(split_sentences(text), start=1):
        words = list(lexicon.read(tokens))
        if len(tokens) > MAX_SENTENCE_TOKENS:
            numbers = [item.value for item in read_quantities(words) if item.kind == "quantity"]
            found: Iterable[Claim] = [Claim(quantity, sentence_number, reason="ambiguous") for quantity in numbers]
        else:
            found = _read_sentence_parts(words, sentence_number, state, context)
        for claim in found:
            claims.append(_link_conversion(claim, claims, text))
            if len(claims) == MAX_CLAIMS:
                return claims
    return claims


def _read_sentence_parts(
    words: Sequence[Item], sentence_number: int, state: ReadingState, context: TextContext
) -> Iterator[Claim]:
    """Yield the claims of a sentence, or of the sentences that its lists stand for, in the order of their numbers."""
    reporter = state.reporter or context.reporter
    phrases = resolve_phrases(read_number_words(words), state.areas, reporter=reporter)
    deals = resolve_deals(phrases, reporter=reporter)
    quantities = read_quantities(resolve_purchases(deals, reporter=reporter))
    lists = split_respective_lists(join_records(read_periods(quantities)))
    if lists.beginning:
        yield from sorted(_read_sentence(lists.beginning, sentence_number, state, context), key=_claim_start)
    has_list = len(lists.sentences) > 1
    earlier, areas = state.subject or state.earlier_subject, state.areas
    for items in lists.sentences:
        if has_list:
            state.subject, state.earlier_subject, state.areas = None, earlier, areas
        yield from sorted(_read_sentence(items, sentence_number, state, context), key=_claim_start)
    if has_list and state.subject is not None:
        state.subject = replace(state.subject, has_list=True)


def _claim_start(claim: Claim) -> int:
    return claim.quantity.start


def _read_sentence(
    all_items: Sequence[Item], sentence_number: int, state: ReadingState, context: TextContext
) -> Iterator[Claim]:
    ratio, items = read_series_ratio(all_items, sentence_number, state, context)
    if ratio is not None:
        yield ratio
    clauses = split_clauses(items)
    earlier_period = state.period
    _begin_sentence(items, clauses, state, context)
    has_other_period = earlier_period is not None and earlier_period != state.period
    last_period_clause = _period_clause(clauses)
    follows_aside = False
    for clause, following in zip_longest(clauses, clauses[1:]):
        state.is_later_period = (
            (has_other_period or len(state.named.periods) > 1)
            and last_period_clause is not None
            and clause is not last_period_clause
            and last_period_clause.has("quantity")
        )
        if clause.opener == ";":
            state.currency, state.comparison, state.blocks = None, None, set()
        follows_aside = is_aside(clause, follows_aside=follows_aside)
        state.place = place_of_clause(clause) or state.place
        subjects = {} if follows_aside else _subjects(clause, following, state, context, is_first=clause is clauses[0])
        subjects = _add_named_series(clause, following, subjects, state, reporter=state.reporter or context.reporter)
        _note_words(clause, state)
        for position in clause.positions("quantity"):
            yield read_quantity_claim(clause, position, subjects, sentence_number, state, context)
        _note_subjects(clause, subjects, state)


def _begin_sentence(
    items: Sequence[Item], clauses: Sequence[Clause], state: ReadingState, context: TextContext
) -> None:
    """Set the state to the beginning of a sentence."""
    state.items = items
    state.earlier_subject, state.subject, state.sentence_subject = state.subject or state.earlier_subject, None, None
    state.sentence_period, state.direction, state.currency = _sentence_period(clauses), 0, None
    state.is_adjusted = any("adjusted" in clause.values("block") for clause in clauses)
    state.blocks, state.has_quantity, state.is_share, state.comparison = set(), False, False, None
    state.is_earlier_year = False
    state.period = state.sentence_period or state.period
    state.base, state.is_base_known = _sentence_base(clauses)
    state.has_unknown_partner = names_unknown_partner(items) or _has_unpaired_list(items)
    state.has_forecast, state.place = False, None
    state.named = _named_dimensions(clauses, state, context)


def _subjects(
    clause: Clause, following: Clause | None, state: ReadingState, context: TextContext, *, is_first: bool
) -> dict[int, Subject]:
    """Return the subjects of a clause; those of a first one can stand in the clause behind it."""
    subjects = clause_subjects(clause, state, context)
    if not is_first or following is None:
        return subjects
    if not subjects and clause.has("quantity"):
        subjects = _subject_ahead(following, state, context)
    if len(subjects) == 1 and following.opener == ",":
        return _add_described_partner(subjects, following, state.reporter or context.reporter)
    return subjects


def _add_named_series(
    clause: Clause,
    following: Clause | None,
    subjects: dict[int, Subject],
    state: ReadingState,
    *,
    reporter: str | None,
) -> dict[int, Subject]:
    """Return the subjects of a clause with the series that it names for the next one, and note its certainty."""
    is_named = not subjects and state.has_quantity and names_next_number(clause, following)
    if is_named:
        subjects = {0: named_series(clause, state)}
    is_note = clause.is_parenthetical and clause.has("area") and not clause.has(*HEAD_KINDS)
    if is_named or is_note or (not subjects and has_other_name(clause, state.subject, reporter=reporter)):
        state.is_series_clear = False
    elif subjects:
        is_continued = clause.has(*HEAD_KINDS) or state.is_series_clear
        state.is_series_clear = is_continued and is_series_clear(clause, subjects.values(), reporter=reporter)
    return subjects


def _note_words(clause: Clause, state: ReadingState) -> None:
    """Keep the words of a clause that later clauses of its sentence depend on."""
    state.has_forecast = state.has_forecast and not clause.has(*HEAD_KINDS)
    if clause.has("quantity"):
        state.has_quantity = True
    else:
        state.has_forecast = state.has_forecast or clause.has("forecast")
        state.blocks |= set() if state.has_quantity else clause.values("block")
        state.currency = growth_currency(clause) or state.currency
        state.comparison = next(iter(clause.values("comparison")), state.comparison)
    state.is_earlier_year = is_earlier_year(clause) or (state.is_earlier_year and _is_on_earlier_year(clause))


def _note_subjects(clause: Clause, subjects: dict[int, Subject], state: ReadingState) -> None:
    """Keep the subject of a clause, which later clauses inherit."""
    if clause.has("quantity"):
        state.has_forecast = False
    if subjects:
        state.subject = subjects[max(subjects)]
        state.sentence_subject = state.sentence_subject or state.subject
        state.flow = state.subject.flow or state.flow
    stated = [subject.reporter for head, subject in subjects.items() if clause.items[head].kind in HEAD_KINDS]
    state.reporter = next((reporter for reporter in stated if reporter is not None), state.reporter)


def _has_unpaired_list(items: Sequence[Item]) -> bool:
    """Return whether `respectively` pairs numbers with names that the grammar does not know all."""
    return any(item.text.lower() == "respectively" for item in items)


def _is_on_earlier_year(clause: Clause) -> bool:
    """Return whether a clause is on the time that the clause before it states, as in `A year earlier, exports were`."""
    return clause.opener == "," and not clause.has("period", "comparison")


def _subject_ahead(following: Clause, state: ReadingState, context: TextContext) -> dict[int, Subject]:
    """Return the subject of a first clause without one, as in `At 195 billion yen, exports to India were a record`."""
    if following.opener != "," or not following.has(*HEAD_KINDS):
        return {}
    subjects = clause_subjects(following, state, context)
    return {0: subjects[min(subjects)]} if subjects else {}


def _add_described_partner(subjects: dict[int, Subject], following: Clause, reporter: str | None) -> dict[int, Subject]:
    """Return a subject with the partner behind it: `with imports of 5 bn yen, China was the largest supplier`."""
    described = described_partner(following, reporter=reporter)
    return {
        head: subject
        if described is None or subject.partner is not None or subject.flow != described.flow
        else replace(subject, partner=described.partner)
        for head, subject in subjects.items()
    }


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
            base = base or own_base(clause)
            is_known = is_known and (clause.has("period", "comparison"))
    return base, is_known


def _named_dimensions(clauses: Sequence[Clause], state: ReadingState, context: TextContext) -> NamedDimensions:
    """Return the partners, flows, periods and commodities of a sentence, and the partners of the one before."""
    items = [item for clause in clauses for item in clause.items]
    previous = state.earlier_subject
    flows = [item.value for item in items if item.kind == "flow"]
    sides = dict.fromkeys(item.value for item in items if item.kind == "balance" and item.value != "balance")
    if not flows and not sides:
        flows = ["X", "M"]
    mentions = [item.value for item in items if item.kind == "period"]
    periods = [resolve_period(mention, newest_month=context.newest_month) for mention in mentions]
    areas = [item.value for item in items if item.kind in {"area", "adjective"}]
    partners, state.areas = [*areas, *state.areas], areas
    if previous is not None and previous.partner is not None:
        partners.append(previous.partner)
    commodities = [item.value for item in items if item.kind == "commodity"]
    if previous is not None and previous.commodity is not None:
        commodities.append(previous.commodity)
    families = context.families.get(state.reporter or context.reporter or "", ())
    codes = [f"{family}/{code}" for each in commodities for family in families for code in each.get(family, ())]
    resolved = [period for period in periods if period is not None]
    return NamedDimensions(partners, flows, resolved, list(sides), codes)


def _period_clause(clauses: Sequence[Clause]) -> Clause | None:
    """Return the clause with the period of the sentence; null for the first clause and where there is none."""
    for clause in clauses:
        mentions = [clause.items[position].value for position in clause.positions("period")]
        if clause.opener not in LOCAL_OPENERS and any(not mention.is_base for mention in mentions):
            return None if clause is clauses[0] else clause
    return None


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
