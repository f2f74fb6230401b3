"""Numbers in words: `twenty-nine percent` and `a third of` as items of kind `number` and `fraction`."""

from collections.abc import Sequence
from decimal import Decimal

from service.resources.checks.grammar.words.lexicon import Item

UNIT_KINDS = frozenset({"percent", "magnitude"})
MIN_TENS = 20
DENOMINATORS = {
    **dict.fromkeys(("third", "thirds"), 3),
    **dict.fromkeys(("quarter", "quarters"), 4),
    **dict.fromkeys(("fifth", "fifths"), 5),
    **dict.fromkeys(("sixth", "sixths"), 6),
    **dict.fromkeys(("seventh", "sevenths"), 7),
    **dict.fromkeys(("eighth", "eighths"), 8),
    **dict.fromkeys(("tenth", "tenths"), 10),
    "half": 2,
}
NUMERAL_ARTICLES = frozenset({"a", "an", "one"})
FRACTION_ENDS = frozenset({"of", "as"})
"""Words behind a share or a multiple in words."""

YEAR_DIGITS = 4
YEAR_WORDS = frozenset({"year", "fiscal", "fiscal year", "calendar"})


def read_number_words(items: Sequence[Item]) -> list[Item]:
    """Return the items of a sentence, in which each number or fraction in words becomes one item.

    A fraction is read where it is a share (`a third of`), a change (`by a third`, `a third more`), or follows a verb of
    change. Other words, such as `a third month`, remain as they are.
    """
    result: list[Item] = []
    position = 0
    while position < len(items):
        read_item, end = (
            _read_fraction(items, position, result) or _read_number(items, position) or (items[position], 0)
        )
        if read_item.kind == "fraction" and result and result[-1].text == "by":
            preposition = result.pop()
            read_item = Item("fraction", read_item.value, preposition.start, read_item.end, f"by {read_item.text}")
        result.append(read_item)
        position = end or position + 1
    return result


def _read_number(items: Sequence[Item], position: int) -> tuple[Item, int] | None:
    """Return a number in words before a unit, as in `five percent`, and the position behind it."""
    value, end = _cardinal(items, position)
    if value is None or end >= len(items) or items[end].kind not in UNIT_KINDS:
        return None
    return Item("number", str(value), items[position].start, items[end - 1].end, str(value)), end


def _cardinal(items: Sequence[Item], position: int) -> tuple[int | None, int]:
    item = items[position]
    if item.text.lower() == "one":
        return 1, position + 1
    if item.kind != "cardinal":
        return None, position
    value, end = int(item.value), position + 1
    if value >= MIN_TENS and end < len(items) and value % 10 == 0:
        units, units_end = _cardinal(items, end)
        if units is not None and 0 < units < 10:
            return value + units, units_end
    return value, end


def _read_fraction(items: Sequence[Item], position: int, previous: Sequence[Item]) -> tuple[Item, int] | None:
    has_article = items[position].text.lower() in NUMERAL_ARTICLES
    numerator, end = (1, position + 1) if has_article else _cardinal(items, position)
    if numerator is None:
        numerator, end = 1, position  # `half of`
    denominator = DENOMINATORS.get(items[end].text.lower()) if end < len(items) else None
    if denominator is None or numerator >= denominator:
        return None
    end += 1
    if not _is_fraction(items, end, previous, is_plain_half=end == position + 1):
        return None
    percent = (Decimal(100) * numerator / denominator).quantize(Decimal("0.0001")).normalize()
    text = " ".join(each.text for each in items[position:end])
    return Item("fraction", f"{percent:f}", items[position].start, items[end - 1].end, text), end


def _is_fraction(items: Sequence[Item], end: int, previous: Sequence[Item], *, is_plain_half: bool) -> bool:
    following = items[end] if end < len(items) else None
    previous_item = next((item for item in reversed(previous) if item.kind not in {"qualifier", "filler"}), None)
    is_share = following is not None and following.text in FRACTION_ENDS and not _is_time(items[end + 1 : end + 3])
    if is_plain_half:
        flows = [item.kind for item in items[end + 1 : end + 5]]
        return following is not None and following.text == "of" and bool({"flow", "total"} & set(flows))
    if following is not None and following.kind == "share":  # `a third went to the United States`
        return True
    if following is not None and following.kind in {"month_word", "streak", "rank", "period", "quarter"}:
        return False
    is_change = following is not None and (
        following.kind == "direction" or following.text in {"more than", "less than"}
    )
    return (
        is_share
        or is_change
        or (previous_item is not None and (previous_item.text == "by" or previous_item.kind == "direction"))
    )


def _is_time(items: Sequence[Item]) -> bool:
    """Return whether a year follows, as in `the first quarter of 2023` and `a quarter of the year`."""
    content = [item.text for item in items if item.text not in NUMERAL_ARTICLES | {"the"}]
    return bool(content) and ((content[0].isdigit() and len(content[0]) == YEAR_DIGITS) or content[0] in YEAR_WORDS)
