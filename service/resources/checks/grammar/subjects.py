"""Subjects of a clause: flow or balance, reporter, partner and commodity, as a noun phrase states them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.resources.checks.grammar.words.lexicon import Item

PHRASE_ENDS = frozenset({"direction", "quantity", "comparison", "period", "share", "contribution", "flow", "balance"})
VERBS = frozenset(
    (
        *("was", "were", "is", "are", "has", "have", "had", "reached", "hit", "posted", "logged", "recorded", "ran"),
        *("registered", "stood", "came", "totalled", "totaled", "amounted", "saw", "showed", "continued", "remained"),
        *("lifted", "helped", "supported", "propelled", "dragged", "pushed", "pulled", "edged", "inched", "went"),
        *("kept", "turned", "extended", "extending", "posting", "worth", "swung", "marked", "left", "leaving", "gave"),
        *("giving", "brought", "yielded", "produced"),
    )
)
TRADE_VERBS = frozenset({"sold", "sells", "shipped", "exported", "imported", "bought", "buys", "purchased", "spent"})
COMPANIES = ("makers", "exporters", "importers", "manufacturers", "producers", "firms", "companies", "traders")


@dataclass(frozen=True)
class Subject:
    """The trade that a clause is about; a dimension that the clause does not state is null.

    `balance` is `balance`, `deficit` or `surplus`. `commodity` has codes by family of classification. `is_total` says
    that the subject is the total, over all partners or commodities. `has_unknown_word` and `has_list` mark subjects
    without a single matching figure: a word is unknown, or several subjects share one number. `is_other` marks a
    subject other than trade. `alternative_flow` is the flow of an earlier clause that this clause can mean instead of
    the balance that it inherits. `inherited_partner` is the partner of the previous subject, which a subject without a
    partner can mean. `is_description` marks a partner that the clause only describes, as in `the US was the largest
    market`; the next sentence does not inherit it. `is_inferred` marks a flow that another clause names.
    """

    flow: str | None = None
    balance: str | None = None
    reporter: str | None = None
    partner: str | None = None
    commodity: Any = None
    is_total: bool = False
    has_unknown_word: bool = False
    has_list: bool = False
    is_other: bool = False
    alternative_flow: str | None = None
    inherited_partner: str | None = None
    is_description: bool = False
    is_inferred: bool = False

    @property
    def has_measure(self) -> bool:
        """Return whether the subject states a flow or a balance."""
        return self.flow is not None or self.balance is not None


def read_subject(items: Sequence[Item], head: int, *, reporter: str | None) -> Subject:
    """Return the subject whose flow or balance is the item at `head`.

    `reporter` is the code of the reporter that the text is on; null where it is not known.
    """
    item = items[head]
    subject = Subject(flow=item.value) if item.kind == "flow" else Subject(balance=item.value)
    subject = _read_left(items, head, subject)
    return _read_right(items, head, subject, reporter)


def _read_left(items: Sequence[Item], head: int, subject: Subject) -> Subject:
    for position in range(head - 1, -1, -1):
        item, following = items[position], items[position + 1]
        if item.kind in PHRASE_ENDS or item.kind == "to" or item.text in VERBS:
            break
        if item.kind in {"area", "adjective"}:
            previous = items[position - 1] if position else None
            is_object = previous is not None and previous.kind == "to" and previous.value != "in"
            if is_object and following.kind != "possessive":
                break
            is_partner = following.text == "bound"
            subject = replace(subject, partner=item.value) if is_partner else _set_reporter(subject, item.value)
        elif item.kind == "block" and position == head - 1 and not _is_bilateral_balance(item, items[head]):
            subject = replace(subject, is_other=True)
        elif item.kind == "word" and items[head].text in TRADE_VERBS and item.text.lower().endswith(COMPANIES):
            continue
        elif item.kind == "word" and (position == head - 1 or following.kind == "possessive"):
            subject = replace(subject, has_unknown_word=True)
        else:
            subject = _add_object(subject, item)
    return subject


def _is_bilateral_balance(item: Item, head: Item) -> bool:
    """Return whether a word only says that a balance is that with a partner, as in `the bilateral surplus`."""
    return item.value == "two_way" and head.kind == "balance"


def _read_right(items: Sequence[Item], head: int, subject: Subject, reporter: str | None) -> Subject:
    preposition: str | None = None
    has_area = False
    for item in items[head + 1 :]:
        if item.kind in PHRASE_ENDS or item.text in VERBS or (item.kind == "word" and has_area):
            break  # a word behind an area is a verb
        has_area = item.kind in {"area", "possessive"}
        if item.kind == "to":
            preposition = item.value
        elif item.kind in {"area", "adjective"}:
            subject = add_area(subject, item, preposition, reporter=reporter)
        elif item.kind == "word" and preposition in {"of", "to", "from", "with"}:
            subject = replace(subject, has_unknown_word=True)
        else:
            subject = _add_object(subject, item)
    return subject


def _add_object(subject: Subject, item: Item) -> Subject:
    """Return the subject with a commodity, or with the word `total`; other items change nothing."""
    if item.kind == "commodity":
        return _add_commodity(subject, item)
    return replace(subject, is_total=True) if item.kind == "total" else subject


def add_area(subject: Subject, item: Item, preposition: str | None, *, reporter: str | None) -> Subject:
    """Return the subject with an area added as its partner or reporter, which the preposition before the area decides.

    `reporter` is the code of the reporter that the text is on; null where it is not known.
    """
    if item.kind == "adjective":
        is_own_product = item.value == (subject.reporter or reporter) and subject.flow == "X"
        return _set_reporter(subject, item.value) if is_own_product else replace(subject, has_unknown_word=True)
    if _is_place_of_reporter(subject, preposition):
        is_other = subject.flow == "X" and preposition == "from" and item.value != (subject.reporter or reporter)
        return _foreign_origin(subject, item) if is_other else _set_reporter(subject, item.value)
    if item.value == WORLD_CODE:
        return replace(subject, is_total=True)
    if item.value == (subject.reporter or reporter):
        return _set_reporter(subject, item.value) if preposition is None else replace(subject, has_unknown_word=True)
    if subject.partner not in {None, item.value}:
        return replace(subject, has_list=True)
    return replace(subject, partner=item.value)


def _is_place_of_reporter(subject: Subject, preposition: str | None) -> bool:
    """Return whether an area behind a preposition is the reporter: `exports from`, `imports to`, `in`, `by`, `of`."""
    return subject.has_measure and (
        preposition in {"in", "by", "of", "for"} or (subject.flow, preposition) in {("X", "from"), ("M", "to")}
    )


def _foreign_origin(subject: Subject, item: Item) -> Subject:
    """Return the subject of `shipments from China`: imports where the text is on another reporter."""
    return replace(subject, has_unknown_word=True, partner=item.value)


def _set_reporter(subject: Subject, code: str) -> Subject:
    if subject.reporter not in {None, code}:
        return replace(subject, has_unknown_word=True)
    return replace(subject, reporter=code)


def _add_commodity(subject: Subject, item: Item) -> Subject:
    if subject.commodity is not None and subject.commodity != item.value:
        return replace(subject, has_list=True)
    return replace(subject, commodity=item.value)


def commodity_codes(subject: Subject, families: Sequence[str]) -> list[str]:
    """Return the codes that the commodity of a subject can mean in `families` of classifications, as `family/code`.

    For a subject without a commodity it is the code of the total.
    """
    if subject.commodity is None:
        return [TOTAL_CODE]
    return [f"{family}/{code}" for family in families for code in subject.commodity.get(family, ())]
