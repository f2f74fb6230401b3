"""Lists that `respectively` pairs with numbers: each name becomes a sentence of its own with its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.resources.checks.grammar.words.lexicon import Item

LIST_KINDS = ("area", "commodity", "flow", "period")
JOINING_TEXTS = frozenset({",", "and", "the", "to", "from"})
MIN_NAMES = 2


@dataclass(frozen=True)
class RespectiveLists:
    """A sentence as parts: `beginning`, the items before a list of names, and one sentence for each pair.

    `beginning` is empty where nothing with a number precedes the list.
    """

    beginning: list[Item]
    sentences: list[list[Item]]


def split_respective_lists(items: Sequence[Item]) -> RespectiveLists:
    """Return one sentence for each pair of a name and its number, or only the sentence itself.

    `Exports to China and the US rose 29.2 % and 15.6 %, respectively` are two sentences. A sentence whose names and
    numbers differ in count is left as it is.
    """
    unsplit = RespectiveLists([], [list(items)])
    adverbs = [position for position, item in enumerate(items) if item.text.lower() == "respectively"]
    quantities = [position for position, item in enumerate(items) if item.kind == "quantity"]
    if not adverbs and _are_listed(items, quantities):
        adverbs = [len(items)]
    quantities = [each for each in quantities if adverbs and each < adverbs[0]]
    if len(adverbs) != 1 or len(quantities) < MIN_NAMES:
        return unsplit
    names, numbers = _paired_positions(items, quantities)
    if not names:
        is_trailing = not _joined_names(items, quantities[0])
        return RespectiveLists([], _split_trailing_list(items, quantities, adverbs[0])) if is_trailing else unsplit
    tail, rest = _tail_and_rest(items, numbers[-1], adverbs[0])
    start = _start_of_list(items, names[0], [each for each in quantities if each < numbers[0]])
    sentences = [
        [*items[start : names[0]], items[name], *_words_of_number(items, names[-1], numbers, index), items[number]]
        for index, (name, number) in enumerate(zip(names, numbers, strict=True))
    ]
    sentences = [[*sentence, *tail] for sentence in sentences]
    sentences[-1] += rest
    return RespectiveLists(list(items[:start]), sentences)


def _paired_positions(items: Sequence[Item], quantities: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the positions of the names of a list and of as many numbers behind it; empty where there is no such list.

    The numbers are the last ones; others can precede the list, as in `exports rose 5 %, those to A and B 6 % and 7 %`.
    """
    for count in range(len(quantities), MIN_NAMES - 1, -1):
        numbers = list(quantities[-count:])
        start = quantities[-count - 1] + 1 if count < len(quantities) else 0
        names = [start + each for each in _joined_names(items[start:], numbers[0] - start)]
        if len(names) == count:
            return names, numbers
    return [], []


def _start_of_list(items: Sequence[Item], first_name: int, earlier_quantities: Sequence[int]) -> int:
    """Return the position where the clause with a list begins; 0 where no number precedes it."""
    if not earlier_quantities:
        return 0
    breaks = [
        position
        for position in range(earlier_quantities[-1] + 1, first_name)
        if items[position].kind in {"separator", "symbol", "conjunction"}
    ]
    return breaks[-1] if breaks else earlier_quantities[-1] + 1


def _tail_and_rest(items: Sequence[Item], last_number: int, adverb: int) -> tuple[list[Item], list[Item]]:
    """Return the words behind the numbers, which all pairs share, and the later clauses with numbers of their own."""
    tail = [item for position, item in enumerate(items) if position > last_number and position != adverb]
    end = next(
        (
            position
            for position in range(adverb + 1, len(items))
            if items[position].kind == "separator" or items[position].text in {",", ";", "("}
        ),
        len(items),
    )
    if not any(item.kind == "quantity" for item in items[end:]):
        return tail, []
    return [item for item in items[last_number + 1 : end] if item is not items[adverb]], list(items[end:])


def _are_listed(items: Sequence[Item], quantities: Sequence[int]) -> bool:
    """Return whether all numbers of a sentence are one list of one unit: `rose 29.2 % and 15.6 %`."""
    units = {items[each].value.unit for each in quantities}
    gaps = (items[first + 1 : second] for first, second in pairwise(quantities))
    return len(units) == 1 and all({item.text for item in gap} <= {",", "and"} for gap in gaps)


def _split_trailing_list(items: Sequence[Item], quantities: Sequence[int], adverb: int) -> list[list[Item]]:
    """Return the sentences of names behind the numbers: `rose 9.7 % and 11.9 % in November and December`."""
    rest = list(items[quantities[-1] + 1 :])
    names = _joined_names(rest, len(rest))
    if len(names) != len(quantities):
        return [list(items)]
    return [
        [*items[: quantities[0]], items[number], *rest[: names[0]], rest[name]]
        + [item for item in rest[names[-1] + 1 :] if item is not items[adverb]]
        for name, number in zip(names, quantities, strict=True)
    ]


def _joined_names(items: Sequence[Item], end: int) -> list[int]:
    """Return the positions of the only list of names before a position; none where there are several lists."""
    lists: list[list[int]] = []
    for kind in LIST_KINDS:
        positions = [position for position, item in enumerate(items[:end]) if item.kind == kind]
        for position in positions:
            if lists and lists[-1] and _is_joined(items, lists[-1][-1], position, kind):
                lists[-1].append(position)
            else:
                lists.append([position])
    long_lists = [each for each in lists if len(each) >= MIN_NAMES]
    return long_lists[0] if len(long_lists) == 1 else []


def _is_joined(items: Sequence[Item], first: int, second: int, kind: str) -> bool:
    texts = [item.text.lower() for item in items[first + 1 : second]]
    is_short = first < second and items[first].kind == kind and {"and", ","} & set(texts) != set()
    return is_short and set(texts) <= JOINING_TEXTS


def _words_of_number(items: Sequence[Item], last_name: int, quantities: Sequence[int], index: int) -> list[Item]:
    """Return the words before a number: those since the number before where they have a verb, else the first ones."""
    first_words = list(items[last_name + 1 : quantities[0]])
    if index == 0:
        return first_words
    own = [item for item in items[quantities[index - 1] + 1 : quantities[index]] if item.kind != "conjunction"]
    own = [item for item in own if item.text != ","]
    return own if any(item.kind == "direction" for item in own) else [*first_words, *own]
