"""Clauses of a sentence, split at separators, commas and conjunctions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.words.lexicon import Item

BREAKS = frozenset(",;:()[]—")
LIST_KINDS = frozenset({"area", "commodity", "flow", "adjective", "total"})
NAME_KINDS = frozenset({"area", "commodity", "filler", "conjunction", "to"})
ARTICLES = frozenset({"the", "a", "an", "to", "from", "of", "with", "both", "those"})
MAX_LIST_GAP = 12
"""Items between a comma or conjunction and the names that it joins."""
OPENING_QUOTES, CLOSING_QUOTES = frozenset("“«"), frozenset("”»")


@dataclass
class Clause:
    """A clause of a sentence: its recognised words, names and numbers.

    The clause may be in parentheses or in quotation marks. `opener` is the separator before it. `has_note` marks a
    clause that only names an area or commodity, and whose number follows in parentheses, such as `Indonesia` in
    `imports from Malaysia (-12.8 %), Indonesia (-21.8 %)`.
    """

    items: list[Item] = field(default_factory=list)
    opener: str = ""
    is_parenthetical: bool = False
    is_quoted: bool = False
    has_note: bool = False

    def positions(self, *kinds: str) -> list[int]:
        """Return the positions of the items that have one of `kinds`, such as `quantity`."""
        return [position for position, item in enumerate(self.items) if item.kind in kinds]

    def has(self, *kinds: str) -> bool:
        """Return whether the clause has an item of one of `kinds`, such as `quantity`."""
        return any(item.kind in kinds for item in self.items)

    def values(self, kind: str) -> set[str]:
        """Return the values of the items of a kind, such as the flow codes of the items of kind `flow`."""
        return {item.value for item in self.items if item.kind == kind}


def split_clauses(items: Sequence[Item]) -> list[Clause]:
    """Return the clauses of a sentence in order; empty ones are left out."""
    clauses = [Clause()]
    is_parenthetical = is_quoted = False
    for position, item in enumerate(items):
        if item.kind == "symbol" and item.text in OPENING_QUOTES | CLOSING_QUOTES | {'"'}:
            is_quoted = not is_quoted if item.text == '"' else item.text in OPENING_QUOTES
            clauses.append(Clause(opener='"', is_parenthetical=is_parenthetical, is_quoted=is_quoted))
            continue
        if item.kind == "symbol" and item.text in "()[]":
            is_parenthetical = item.text in "(["
        if _is_break(items, position):
            clauses.append(Clause(opener=item.text, is_parenthetical=is_parenthetical, is_quoted=is_quoted))
            continue
        clauses[-1].items.append(item)
    clauses = [clause for clause in clauses if clause.items]
    for clause, following in pairwise(clauses):
        is_number = following.opener in {"(", "["} and following.has("quantity")
        clause.has_note = is_number and {item.kind for item in clause.items} <= NAME_KINDS
    return clauses


def _is_break(items: Sequence[Item], position: int) -> bool:
    item = items[position]
    if item.kind == "separator":
        return True
    if item.text == "with" and item.kind == "to":
        following = next(_content_items(items[position + 1 : position + 1 + MAX_LIST_GAP]), None)
        return following is None or following.kind not in {"area"}
    if item.text == ":" and _follows_lone_period(items, position):
        return False
    if item.kind == "symbol" and item.text in BREAKS:
        return item.text != "," or not _joins_list(items, position)
    return item.kind == "conjunction" and not _joins_list(items, position)


def _follows_lone_period(items: Sequence[Item], position: int) -> bool:
    """Return whether a colon stands behind a period in parentheses, as in `exports +11.9 % (December: +9.7 %)`."""
    previous = items[max(0, position - 2) : position]
    return [item.kind for item in previous] == ["symbol", "period"] and previous[0].text in {"(", "["}


def _joins_list(items: Sequence[Item], position: int) -> bool:
    """Return whether a comma or conjunction stands between two names of one kind."""
    window = items[max(0, position - MAX_LIST_GAP) : position]
    previous = next(_content_items(reversed(window)), None)
    following_items = items[position + 1 : position + 1 + MAX_LIST_GAP]
    following = next(_content_items(following_items), None)
    if previous is None or following is None:
        return False
    if items[position].text == "," and _is_possessor(following_items, following):
        return False
    return previous.kind == following.kind and previous.kind in LIST_KINDS


def _is_possessor(items: Sequence[Item], item: Item) -> bool:
    """Return whether an item is followed by `'s`, as in `China, Japan's largest partner`."""
    return any(first is item and second.kind == "possessive" for first, second in pairwise(items))


def _content_items(items: Sequence[Item] | Iterator[Item]) -> Iterator[Item]:
    return (item for item in items if item.text not in ARTICLES and item.text not in {",", "and"})


def own_base(clause: Clause) -> PeriodMention | None:
    """Return the period that a clause compares with, such as January in `up from January`; null for none."""
    mentions = (clause.items[position].value for position in clause.positions("period"))
    return next((mention for mention in mentions if mention.is_base), None)
