"""The periods of a sentence: months, quarters, years and ranges as items of kind `period`."""

from collections.abc import Sequence
from dataclasses import replace

from service.resources.checks.grammar.periods.mentions import RELATIVE_PERIODS, PeriodMention
from service.resources.checks.grammar.periods.months import (
    read_iso_month,
    read_month,
    read_part_of_year,
    read_plain_year,
)
from service.resources.checks.grammar.periods.spans import read_first_months, read_fiscal_year, read_month_span
from service.resources.checks.grammar.periods.years import is_year, read_year
from service.resources.checks.grammar.words.lexicon import Item

SAME_PERIODS = [["same", "month"], ["same", "period"], ["corresponding", "month"], ["corresponding", "period"]]
BASE_MARKERS = frozenset(
    {
        "than",
        "versus",
        "compared with",
        "compared to",
        "against",
        "from",
        "since",
        "on",
        "over",
        "below",
        "above",
        "more than",
        "less than",
    }
)
SKIPPED_TEXTS = frozenset(
    {"the", "in", "a", "of", "for", "during", "those", "that", "level", "levels", "figure", "their", "its"}
)


def read_periods(items: Sequence[Item]) -> list[Item]:
    """Return the items of a sentence, in which the words of each period become one item of kind `period`.

    The words of each date, such as `January 5`, become one item of kind `date`.
    """
    result: list[Item] = []
    position = 0
    while position < len(items):
        kind, mention, end_position = _read_period(items, position)
        if not kind:
            result.append(items[position])
            position += 1
            continue
        if kind == "date" and result and result[-1].kind == "number":
            result.pop()
        text = " ".join(item.text for item in items[position:end_position])
        is_range = sum(item.kind == "month" for item in items[position:end_position]) > 1
        start, end = items[position].start, items[end_position - 1].end
        position = end_position
        if mention is not None and _is_change_of_months(mention, result):  # `from December to January`
            result.append(Item(kind, PeriodMention(month=mention.first_month, is_base=True), start, end, text))
            mention = replace(mention, first_month=None)
        elif mention is not None and not is_range and _is_base(result):
            mention = replace(mention, is_base=True)
        result.append(Item(kind, mention, start, end, text))
    return _resolve_same_months(result)


def _is_change_of_months(mention: PeriodMention, result: Sequence[Item]) -> bool:
    """Return whether two neighbouring months, as in `from December to January`, are the two ends of a change."""
    if mention.first_month in {None, 1} or mention.month is None:
        return False
    return (mention.month - (mention.first_month or 0)) % 12 == 1 and _preceding_texts(result) == ["from"]


def _is_base(result: Sequence[Item]) -> bool:
    """Return whether the period behind some items is a base: `than in January`, `from 5 bn yen in January`."""
    texts = _preceding_texts(result)
    if BASE_MARKERS.intersection(texts) or _is_of_other_level(result):
        return True
    items = [item for item in result if item.text not in SKIPPED_TEXTS]
    is_amount = bool(items) and items[-1].kind == "quantity" and items[-1].value.unit == "currency"
    return is_amount and _preceding_texts(items[:-1]) == ["from"]


def _is_of_other_level(result: Sequence[Item]) -> bool:
    """Return whether a period follows `that of` or `those of`, as in `half that of January 2023`."""
    texts = [item.text for item in result[-3:] if item.text not in {"the", "in"}]
    return texts[-2:] in (["that", "of"], ["those", "of"])


def _resolve_same_months(items: Sequence[Item]) -> list[Item]:
    """Return the items, with the month of the sentence in `the same month of 2023`, which is a base."""
    mentions = [item.value for item in items if item.kind == "period"]
    main = next((each for each in mentions if not each.is_base and not each.is_same_month), None)
    return [
        replace(
            item, value=replace(main, year=item.value.year, relative_years=None, relative_months=None, is_base=True)
        )
        if main is not None and item.kind == "period" and item.value.is_same_month
        else item
        for item in items
    ]


def _preceding_texts(result: Sequence[Item]) -> list[str]:
    return [item.text for item in _preceding_items(result)]


def _preceding_items(result: Sequence[Item]) -> list[Item]:
    """Return the last item before a period, articles and prepositions left out; empty at the beginning."""
    for item in reversed(result):
        if item.text not in SKIPPED_TEXTS:
            return [item]
    return []


def _read_period(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return kind, mention and end of the period at `position`; an empty kind where there is none."""
    item = items[position]
    if item.kind in READERS:
        return READERS[item.kind](items, position)
    if item.kind == "number" and is_year(item):
        return read_iso_month(items, position) or read_plain_year(items, position)
    for read in (_read_same_month, read_first_months, read_month_span):
        kind, mention, end_position = read(items, position)
        if kind:
            return kind, mention, end_position
    mention = RELATIVE_PERIODS.get(" ".join(each.text for each in items[position : position + 2]))
    return ("", None, position) if mention is None else ("period", mention, position + 2)


def _read_same_month(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return the period of `same month of 2023`, whose month the sentence names elsewhere."""
    year, end_position = read_year(items, position + 2)
    if year is None or [each.text for each in items[position : position + 2]] not in SAME_PERIODS:
        return "", None, position
    return "period", PeriodMention(year=year, is_same_month=True), end_position


READERS = {
    "month": read_month,
    "quarter": read_part_of_year,
    "half": read_part_of_year,
    "fiscal": read_fiscal_year,
}
"""Readers of periods by the kind of their first item."""
