"""Years and days of a sentence."""

from collections.abc import Sequence

from service.resources.checks.grammar.words.lexicon import Item

YEARS = range(1950, 2100)
MAX_DAY = 31


def read_year(items: Sequence[Item], position: int, *, has_preposition: bool = False) -> tuple[int | None, int]:
    """Return the year at `position`, and the position after it; the year is null where there is none.

    A comma or `of` may precede the year and, with `has_preposition`, also `in`, as in `Jan. 22 in 2023`.
    """
    joints = {",", "of", "in"} if has_preposition else {",", "of"}
    for skipped in (0, 1):
        index = position + skipped
        if skipped and (position >= len(items) or items[position].text not in joints):
            break
        if index < len(items) and items[index].kind == "number" and is_year(items[index]):
            return int(items[index].text), index + 1
    return None, position


def is_year(item: Item) -> bool:
    """Return whether an item is a year in figures, from 1950 to 2099."""
    return len(item.text) == 4 and item.text.isdigit() and int(item.text) in YEARS


def is_day(item: Item) -> bool:
    """Return whether a number can be the day of a month."""
    return item.kind == "number" and item.text.isdigit() and len(item.text) <= 2 and 1 <= int(item.text) <= MAX_DAY
