"""The subjects of clauses and of numbers: flow, partner and commodity, stated or inherited."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from service.domain.codes import WORLD_CODE
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.measures import BASE_OPENERS
from service.resources.checks.grammar.rankings.partner_roles import described_partner
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject, add_area, read_subject
from service.resources.checks.grammar.words.lexicon import Item

PLACE_VERBS = frozenset(
    {
        "went to",
        "came from",
        "coming from",
        "going to",
        "originated in",
        "was for",
        "were for",
        "is for",
        "were sold to",
    }
)
"""Verbs of a share whose object is the partner."""
CAUSAL_VERBS = frozenset({"drove", "lifted", "pushed", "helped", "boosted", "pulled", "dragged", "propelled", "sent"})
PART_VERBS = frozenset(
    {"accounted for", "accounting for", "accounts for", "represented", "representing", "made up", "makes up"}
    | {"making up", "constituted", "comprised", "comprising", "took", "absorbed", "supplied", "supplying"}
    | {"provided", "providing", "formed", "was responsible for", "were responsible for"}
)
"""Verbs of a share whose subject is the part."""


def clause_subjects(clause: Clause, state: ReadingState, context: TextContext) -> dict[int, Subject]:
    """Return the subjects of a clause: the trade series that it is about.

    The key of each is the position, in the clause, of its head noun, such as `exports`.
    """
    reporter = state.reporter or context.reporter
    heads = clause.positions("flow", "balance")
    subjects = {head: read_subject(clause.items, head, reporter=reporter) for head in heads}
    if len(heads) > 1:
        subjects = _share_partner_of_balance(subjects)
        subjects = {
            head: replace(subject, has_list=subject.has_list or _is_joined(clause, heads))
            for head, subject in subjects.items()
        }
    described = described_partner(clause, reporter=reporter)
    if described is not None and len(subjects) <= 1 and not any(each.partner for each in subjects.values()):
        subjects = {next(iter(subjects), len(clause.items) - 1): described}
    elif not subjects and not _is_apposition(clause, state):
        subjects = _headless_subjects(clause, state.subject or state.earlier_subject)
    if len(subjects) == 1:
        head, subject = next(iter(subjects.items()))
        subjects = {head: _add_distant_areas(clause, head, subject, reporter)}
    return {head: _completed(subject, state) for head, subject in subjects.items()}


def named_series(clause: Clause, state: ReadingState) -> Subject:
    """Return the subject of a number whose name ends the clause before it: `led by cars, up 37.1 %`."""
    item = clause.items[-1]
    subject = Subject(partner=item.value) if item.kind == "area" else Subject(commodity=item.value)
    return _completed(subject, state)


def _is_apposition(clause: Clause, state: ReadingState) -> bool:
    """Return whether a clause only describes the subject: `exports to China, Japan's largest market, rose`."""
    is_description = (
        clause.opener in {",", "("}
        and not clause.has_note
        and clause.items[0].kind != "to"
        and clause.items[0].text != "those"
    )
    return is_description and not clause.has("quantity") and state.subject is not None


def _is_joined(clause: Clause, heads: Sequence[int]) -> bool:
    """Return whether two flows follow one another with no number between, as in `exports and imports rose 5 %`."""
    quantities = [*clause.positions("quantity"), *_causes(clause)]
    return any(
        clause.items[first].kind == "flow" and not any(first < each < second for each in quantities)
        for first, second in pairwise(heads)
    )


def _causes(clause: Clause) -> list[int]:
    """Return the positions of verbs between two subjects: `a jump in car shipments drove exports up`."""
    return [position for position, item in enumerate(clause.items) if item.text in CAUSAL_VERBS]


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


def _headless_subjects(clause: Clause, previous: Subject | None) -> dict[int, Subject]:
    """Return the subject of a clause without a flow or balance: an area, a commodity, or something other than trade."""
    quantities = clause.positions("quantity")
    limit = quantities[0] if quantities else len(clause.items)
    candidates = [
        position
        for position, item in enumerate(clause.items[:limit])
        if item.kind in {"area", "commodity", "money"} or (item.kind == "block" and item.value == "other_subject")
    ]
    if not candidates:
        return _following_object(clause, quantities) or _following_subject(clause, quantities)
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
        elif each.kind == "area" and _is_owner(clause, position) and not (previous and previous.partner):
            subject = replace(subject, reporter=each.value)
        elif each.kind == "area":
            subject = replace(subject, partner=each.value)
        elif each.kind == "commodity":
            subject = replace(subject, commodity=each.value)
    return {head: subject}


def _is_owner(clause: Clause, position: int) -> bool:
    """Return whether an area is the reporter of other trade, as in `Those of Germany gained 4 %`."""
    previous = [item.text.lower() for item in clause.items[:position] if item.text.lower() != "the"]
    return previous[-2:] in (["those", "of"], ["that", "of"]) and not clause.has("share", "contribution")


def _is_reporter_phrase(clause: Clause, position: int) -> bool:
    return position > 0 and clause.items[position - 1].kind == "to" and clause.items[position - 1].value == "in"


def _following_object(clause: Clause, quantities: Sequence[int]) -> dict[int, Subject]:
    """Return the subject of `by 29.2 percent to China`, `a 5 percent rise in those to China` and `5 bn yen of coal`."""
    for position in quantities[:1]:
        later_items = [item for item in clause.items[position + 1 :] if item.kind != "filler"]
        for preposition, item in pairwise(later_items):
            is_object = preposition.kind == "to" and preposition.value in {"to", "from", "with"}
            if is_object and item.kind == "area" and item.value != WORLD_CODE:
                return {position: Subject(partner=item.value)}
            if preposition.text == "of" and item.kind == "commodity":
                return {position: Subject(commodity=item.value)}
        whole = [item for item in later_items if item.kind not in {"direction", "comparison"}][:3]
        if [item.text for item in whole[:1]] == ["for"]:
            return _object_of_preposition(whole[1:], position)
    return {}


def _object_of_preposition(items: Sequence[Item], position: int) -> dict[int, Subject]:
    """Return the subject of `10.5 percent for all meat`, `8 percent for coal` and `5 percent for China`."""
    is_total = items[0].kind == "total" if items else False
    names = items[1:2] if is_total else items[:1]
    if names and names[0].kind == "commodity":
        return {position: Subject(commodity=names[0].value, is_total=is_total)}
    return {position: Subject(partner=names[0].value)} if names and names[0].kind == "area" else {}


def _following_subject(clause: Clause, quantities: Sequence[int]) -> dict[int, Subject]:
    """Return the subject other than trade that follows a number directly, as in `a 25 % tariff`."""
    for position in quantities:
        for item in clause.items[position + 1 : position + 3]:
            if item.kind == "block" and item.value == "other_subject":
                return {position: Subject(is_other=True)}
    return {}


def _is_currency_phrase(clause: Clause, position: int) -> bool:
    return any(item.kind == "to" and item.value == "in" for item in clause.items[max(0, position - 3) : position])


def growth_currency(clause: Clause) -> str | None:
    """Return the currency that a clause states for growth, as in `rose 5 % in dollars`; null where it states none."""
    for position in clause.positions("money"):
        if _is_currency_phrase(clause, position):
            value: str = clause.items[position].value
            return value
    return None


def _add_distant_areas(clause: Clause, head: int, subject: Subject, reporter: str | None) -> Subject:
    """Return the subject with a partner that stands behind the number: `exports rose 15.6 % to the US`."""
    if subject.is_other or not subject.has_measure:
        return subject
    has_partner = subject.partner is not None
    quantities = clause.positions("quantity")
    preposition: str | None = None
    for position, item in enumerate(clause.items):
        if item.kind == "to":
            preposition = item.value
        elif item.kind == "area" and has_partner:
            continue
        elif item.kind == "area" and preposition in {"to", "from", "with"} and _is_later(position, head, quantities):
            subject = add_area(subject, item, preposition, reporter=reporter)
        elif item.kind == "commodity" and subject.commodity is None and _is_object(clause, position, quantities):
            subject = replace(subject, commodity=item.value)
        elif item.kind == "area" and preposition == "in" and position < head:
            subject = replace(subject, reporter=subject.reporter or item.value)
        elif item.kind not in {"filler", "adjective", "area"}:
            preposition = None
    return subject


def _completed(subject: Subject, state: ReadingState) -> Subject:
    """Return the subject with the flow of the subject before, where it states none itself."""
    previous = state.subject or state.earlier_subject
    if previous is None:
        return subject
    is_closed = previous.is_total or (previous.is_description and state.subject is None)
    inherited = None if is_closed else previous.partner or previous.inherited_partner
    subject = replace(subject, inherited_partner=inherited)
    if subject.has_measure or subject.is_other:
        return subject
    commodity = subject.commodity if subject.commodity is not None else previous.commodity
    return replace(
        subject,
        flow=previous.flow,
        balance=previous.balance,
        reporter=subject.reporter or previous.reporter,
        commodity=commodity,
        has_unknown_word=subject.has_unknown_word or previous.has_unknown_word,
        alternative_flow=None if previous.balance is None else state.flow,
    )


def _is_later(position: int, head: int, quantities: Sequence[int]) -> bool:
    return bool(quantities) and position > max(head, quantities[0])


def _is_object(clause: Clause, position: int, quantities: Sequence[int]) -> bool:
    """Return whether a name is what an amount was paid for: `spent 5 bn yen on coal`, `sold 5 bn yen of cars`."""
    items = clause.items[:position]
    is_amount = bool(quantities) and quantities[0] < position and clause.items[quantities[0]].value.unit == "currency"
    return is_amount and [item.text for item in items[-1:]] in (["on"], ["of"], ["for"], ["worth of"])


def subject_of_quantity(
    clause: Clause, position: int, subjects: dict[int, Subject], state: ReadingState
) -> Subject | None:
    """Return the subject of the number at `position` of a clause; null where there is none.

    The subject follows the number, as in `a 29 % rise in exports`, or precedes it. A clause without a subject takes
    that of an earlier clause. `subjects` are the subjects of the clause, as `clause_subjects` returns them.
    """
    referred = _referred_subject(clause, position)
    if referred is not None:
        return _completed(referred, state)
    if state.share_subject is not None and state.is_share and clause.opener in BASE_OPENERS and not subjects:
        return state.share_subject
    if clause.has("share", "contribution"):
        return _subject_of_part(clause, position, subjects, state)
    later_heads = [head for head in subjects if head > position]
    earlier_heads = [head for head in subjects if head <= position]
    if later_heads and _is_noun_phrase(clause.items[position + 1 : later_heads[0] + 1]):
        return subjects[later_heads[0]]
    if earlier_heads:
        return subjects[earlier_heads[-1]]
    return state.subject or (subjects[later_heads[0]] if later_heads else state.earlier_subject)


def _subject_of_part(
    clause: Clause, position: int, subjects: dict[int, Subject], state: ReadingState
) -> Subject | None:
    """Return the subject of a share or contribution: the part, or the whole for the growth that a part is of."""
    later_heads = [head for head in subjects if head > position]
    earlier_heads = [head for head in subjects if head <= position]
    if _continues_part(clause, position, state):
        return _earlier_part(subjects[later_heads[0]] if later_heads else None, state)
    if earlier_heads:
        part = _part_by_possessor(clause, subjects[earlier_heads[-1]])
        is_whole = part.partner is None and part.commodity is None and clause.opener == "which"
        return state.subject if is_whole and state.subject is not None else _part_after_verb(clause, part)
    whole = subjects[later_heads[0]] if later_heads else state.subject
    if whole is None or _is_growth_of_whole(clause, position):
        return whole
    return _part_of_whole(clause, position, whole)


def _continues_part(clause: Clause, position: int, state: ReadingState) -> bool:
    """Return whether the part is the subject before: `exports to China rose and accounted for 17 % of exports`."""
    names = {"area", "commodity", "adjective", "flow", "balance"}
    verbs = [each for each in clause.positions("share") if each < position and clause.items[each].text in PART_VERBS]
    has_name = any(item.kind in names for item in clause.items[:position])
    return bool(verbs) and not has_name and state.subject is not None


def _earlier_part(whole: Subject | None, state: ReadingState) -> Subject | None:
    """Return the whole of a share with the partner or the commodity of the subject before as its part."""
    part = state.subject
    if part is None or whole is None:
        return part
    partner = whole.partner or part.partner or part.inherited_partner
    is_own = whole.commodity is not None or part.commodity is None
    commodity = whole.commodity if is_own else part.commodity
    return replace(whole, partner=partner, commodity=commodity, is_total=False)


def _is_growth_of_whole(clause: Clause, position: int) -> bool:
    """Return whether a number is the growth that another one is a part of: `4.3 points of the 11.9 % increase in`."""
    following = clause.items[position + 1 : position + 2]
    return clause.items[position].value.unit == "%" and [item.kind for item in following] == ["direction"]


def _referred_subject(clause: Clause, position: int) -> Subject | None:
    """Return the subject of `a 15.6 percent rise in those to the US` and `a 31.6 percent rise in motor vehicles`.

    Null where no such phrase follows a number.
    """
    items = [item for item in clause.items[position + 1 : position + 8] if item.text not in {"the", "an", "a"}]
    kinds = [item.kind for item in items]
    is_reference = kinds[:2] == ["direction", "to"] and [item.text for item in items[2:3]] == ["those"]
    is_object = kinds[3:5] == ["to", "area"] and items[3].value in {"to", "from", "with"}
    if is_reference and is_object:
        return Subject(partner=items[4].value)
    is_commodity = kinds[:3] == ["direction", "to", "commodity"] and items[1].value in {"in", "of", "for"}
    return Subject(commodity=items[2].value) if is_commodity and not clause.has("flow", "balance") else None


def _part_by_possessor(clause: Clause, whole: Subject) -> Subject:
    """Return the part that `China's share of exports` or `China's contribution to exports` is of."""
    share = clause.positions("share", "contribution")
    for position in clause.positions("area"):
        following = clause.items[position + 1 : position + 2]
        is_possessor = bool(following) and following[0].kind in {"possessive", "share", "contribution"}
        if share and position < share[0] and is_possessor:
            return replace(whole, partner=clause.items[position].value, is_total=False)
    return _part_of_share(clause, share[0], whole) if share else whole


def _part_of_share(clause: Clause, share: int, whole: Subject) -> Subject:
    """Return the part that `the share of China in exports` or `the contribution of China to exports` is of."""
    phrase = [item for item in clause.items[share : share + 5] if item.kind != "filler"]
    if [item.text for item in phrase[1:2]] != ["of"] or phrase[3:4] == [] or phrase[3].text not in {"in", "to"}:
        return whole
    name = phrase[2]
    if name.kind not in {"area", "commodity"}:
        return whole
    return replace(whole, is_total=False, **{"partner" if name.kind == "area" else "commodity": name.value})


def _part_of_whole(clause: Clause, position: int, whole: Subject) -> Subject:
    """Return the part that a share or contribution is of: `China accounted for 17 % of exports`."""
    for item in clause.items[:position]:
        if item.kind == "area":
            whole = replace(whole, partner=item.value, is_total=False)
        elif item.kind == "commodity":
            whole = replace(whole, commodity=item.value, is_total=False)
    return whole if whole.partner is not None else _part_after_verb(clause, whole)


def _part_after_verb(clause: Clause, whole: Subject) -> Subject:
    """Return the part that follows the verb, as in `17 % of exports went to China`."""
    verbs = [each for each in clause.positions("share") if clause.items[each].text in PLACE_VERBS]
    later_items = clause.items[verbs[0] + 1 :] if verbs else ()
    place = next((item for item in later_items if item.kind != "filler"), None)
    if place is None or place.kind not in {"area", "commodity"}:
        return whole
    is_area = place.kind == "area"
    return replace(whole, is_total=False, **{"partner" if is_area else "commodity": place.value})


def _is_noun_phrase(items: Sequence[Item]) -> bool:
    """Return whether items between a number and a head join them: `rise in`, `of`, or adjectives of the head."""
    if any(item.kind in {"quantity", "conjunction", "period"} for item in items):
        return False
    prepositions = [item.value for item in items if item.kind == "to"]
    return not prepositions or prepositions[0] in {"in", "of"}
