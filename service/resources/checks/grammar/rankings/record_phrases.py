"""Phrases of records: `highest since October 2023`, `largest deficit in 20 months`, `first decline since May`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.domain.frequencies import MONTHS_PER_YEAR
from service.resources.checks.claims import Quantity
from service.resources.checks.grammar.words.lexicon import Item

HIGH_WORDS = frozenset({"highest", "largest", "biggest", "greatest", "widest", "best", "most"})
LOW_WORDS = frozenset({"lowest", "smallest", "narrowest", "least"})
FAST_WORDS = frozenset({"fastest", "sharpest", "steepest", "strongest", "quickest", "heaviest"})
SLOW_WORDS = frozenset({"slowest", "weakest", "mildest"})
GROWTH_WORDS = FAST_WORDS | SLOW_WORDS
SUPERLATIVES = {
    **dict.fromkeys(HIGH_WORDS | FAST_WORDS, "high"),
    **dict.fromkeys(LOW_WORDS | SLOW_WORDS, "low"),
}
FIRST = "first"
NOUNS = frozenset(
    {
        *("pace", "rate", "level", "value", "figure", "amount", "monthly", "total", "the", "annual", "yearly", "such"),
        *("percentage", "reading", "result", "clip", "time", "year on year", "export", "import", "trade"),
    }
)
MAX_NOUNS = 4
EVER_PHRASES = (["on", "record"], ["ever"], ["in", "history"], ["on", "records"])
SPAN_UNITS = {"month": 1, "months": 1, "year": MONTHS_PER_YEAR, "years": MONTHS_PER_YEAR}
EVER = "ever"


@dataclass(frozen=True)
class RecordPhrase:
    """The phrase of a record, such as `largest deficit in 20 months`.

    `extreme` is `high`, `low` or `first`. `noun` is the noun that the record is of: `deficit`, `surplus`, `up` for a
    rise or `down` for a decline; null for none of these. `is_growth` says that the words are about growth. `start` is
    the period after `since`, as the text names it, or `ever` for a record of all times; else null. `months` is the time
    after `in`, such as 20 for `in 20 months`; else 0.
    """

    extreme: str
    noun: str | None = None
    is_growth: bool = False
    start: Any = None
    months: int = 0


def join_records(items: Sequence[Item]) -> list[Item]:
    """Return the items of a sentence, in which the words of each record become one item of kind `quantity`.

    A noun within the phrase, such as `deficit`, stays an item of its own before it.
    """
    result: list[Item] = []
    position = 0
    while position < len(items):
        read = _read_record(items, position)
        if read is None:
            result.append(items[position])
            position += 1
            continue
        phrase, end = read
        first, last = items[position], items[end - 1]
        result += [item for item in items[position + 1 : end] if item.kind in {"balance", "flow"}]
        precision = Decimal(MONTHS_PER_YEAR if phrase.months >= MONTHS_PER_YEAR and _is_in_years(last) else 1) / 2
        stop = last.end - last.text.endswith(".")
        quantity = Quantity(first.start, stop, Decimal(phrase.months), "months", precision, record=phrase)
        result.append(Item("quantity", quantity, first.start, stop, first.text.lower()))
        position = end
    return result


def _is_in_years(item: Item) -> bool:
    return item.text.lower().startswith("year")


def _read_record(items: Sequence[Item], position: int) -> tuple[RecordPhrase, int] | None:
    """Return the record at `position` and the position behind it; null where there is none."""
    word = items[position].text.lower()
    is_ordinal = position > 0 and items[position - 1].kind == "ordinal"
    extreme = FIRST if word == FIRST else SUPERLATIVES.get(word)
    if extreme is None or is_ordinal:
        return None
    end, noun = position + 1, None
    while end < min(len(items), position + 1 + MAX_NOUNS) and _is_noun(items[end]):
        noun = _noun(items[end]) or noun
        end += 1
    has_time = any(item.text == "time" for item in items[position + 1 : end])
    if extreme == FIRST and noun is None and not has_time:
        return None
    start, months, stop = _read_start(items, end)
    if start is None and not months:
        return None
    return RecordPhrase(extreme, noun, word in GROWTH_WORDS or noun in {"up", "down"}, start, months), stop


def _is_noun(item: Item) -> bool:
    is_known = item.text.lower() in NOUNS or (item.kind in {"balance", "flow"} and item.text != "balance")
    is_direction = item.kind == "direction" and item.value in {"up", "down"}
    return is_known or is_direction or (item.kind == "comparison" and item.text != "in a year")


def _noun(item: Item) -> str | None:
    return str(item.value) if item.kind in {"balance", "direction"} else None


def _read_start(items: Sequence[Item], position: int) -> tuple[Any, int, int]:
    """Return the period of `since May 2022`, or the months of `in 20 months`, and the position behind them."""
    texts = [item.text.lower() for item in items[position : position + 2]]
    following = items[position + 1] if position + 1 < len(items) else None
    if following is not None and texts[:1] == ["since"] and following.kind == "period":
        return following.value, 0, position + 2
    for phrase in EVER_PHRASES:
        if texts[: len(phrase)] == phrase:
            return EVER, 0, position + len(phrase)
    if texts[:1] == ["in a year"]:
        return None, MONTHS_PER_YEAR, position + 1
    if texts[:1] not in (["in"], ["for"]) or following is None:
        return None, 0, position
    count = _count(following)
    unit = SPAN_UNITS.get(items[position + 2].text.lower()) if position + 2 < len(items) else None
    stop = position + (2 if texts[1] in SPAN_UNITS else 3)
    return None, count * (SPAN_UNITS.get(texts[1]) or unit or 0), stop


def _count(item: Item) -> int:
    if item.text.lower() in {"a", "one"}:
        return 1
    is_count = item.kind in {"number", "cardinal"} and str(item.value).isdigit() and len(str(item.value)) <= 3
    return int(item.value) if is_count else 0
