"""Lists that `respectively` pairs with numbers: each name becomes a sentence of its own with its number."""

from collections.abc import Sequence
from itertools import pairwise

from service.resources.checks.grammar.words.lexicon import Item

LIST_KINDS = ("area", "commodity", "flow", "period")
JOINING_TEXTS = frozenset({",", "and", "the", "to", "from"})
MIN_NAMES = 2


def split_respective_lists(items: Sequence[Item]) -> list[list[Item]]:
    """Return one sentence for each pair of a name and its number, or only the sentence itself.

    `Exports to China and the US rose 29.2 % and 15.6 %, respectively` are two sentences. A sentence whose names and
    numbers differ in count is left as it is.
    """
    adverbs = [position for position, item in enumerate(items) if item.text.lower() == "respectively"]
    quantities = [position for position, item in enumerate(items) if item.kind == "quantity"]
    if not adverbs and _are_listed(items, quantities):
        adverbs = [len(items)]
    if len(adverbs) != 1 or len(quantities) < MIN_NAMES or adverbs[0] < quantities[0]:
        return [list(items)]
    names = _joined_names(items, quantities[0])
    if not names:
        return _split_trailing_list(items, quantities, adverbs[0])
    if len(names) != len(quantities):
        return [list(items)]
    tail = [item for position, item in enumerate(items) if position > quantities[-1] and position != adverbs[0]]
    return [
        [*items[: names[0]], items[name], *_words_of_number(items, names[-1], quantities, index), items[number], *tail]
        for index, (name, number) in enumerate(zip(names, quantities, strict=True))
    ]


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
