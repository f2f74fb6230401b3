"""Spans of several months: fiscal years, the first months of a year, and the months until a month."""

from collections.abc import Sequence

from service.domain.frequencies import MONTHS_PER_YEAR
from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.periods.years import is_day, read_year
from service.resources.checks.grammar.words.lexicon import Item

YEAR_END_VERBS = frozenset({"to", "through", "ended", "ending", "until"})
MAX_FISCAL_GAP = 2
MAX_COUNT_DIGITS = 2
MONTHS_OF_QUARTER = 3


def fiscal_position(items: Sequence[Item], position: int) -> int | None:
    """Return the position of the word `fiscal` at or after `position`, where only words such as `of the` precede it.

    Null where there is none.
    """
    skipped = 0
    while position < len(items) and skipped < MAX_FISCAL_GAP and items[position].text in {"of", "the", "this"}:
        position, skipped = position + 1, skipped + 1
    return position if position < len(items) and items[position].kind == "fiscal" else None


def read_fiscal_year(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return the fiscal year at `position`, such as `fiscal 2023`, `FY2023/24` or `the fiscal year to March 2024`.

    The result has the kind `period`, the mention, and the position after it. Where the year is not named, the kind is
    `block` and the mention is null.
    """
    has_year = bool(items[position + 1 : position + 2]) and items[position + 1].kind == "number"
    ends = [each for each in items[position + 1 : position + 4] if each.kind == "month" and not has_year]
    if ends:
        end = items.index(ends[0], position)
        year, end_position = read_year(items, end + 1)
        month = int(ends[0].value)
        return "period", PeriodMention(month=month, first_month=month % 12 + 1, year=year), end_position
    year, end_position = read_year(items, position + 1)
    if year is None:
        return "block", None, position + 1
    is_range = end_position + 1 < len(items) and items[end_position].text in {"/", "-", "\u2013"}
    if is_range and _is_day_or_year(items[end_position + 1]):
        end_position += 2
    return "period", PeriodMention(year=year, is_fiscal=True), end_position


def _is_day_or_year(item: Item) -> bool:
    return item.kind == "number" and item.text.isdigit() and len(item.text) in {2, 4}


def read_first_months(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return the first months of a year at `position`, as in `first ten months of 2023`.

    The year can be a fiscal year, as in `first ten months of fiscal 2023`.

    The result has the kind, the mention, and the position after it; the kind is empty where there is no such phrase.
    """
    texts = [each.text.lower() for each in items[position : position + 3]]
    count = _month_count(items, position + 1)
    if texts[:1] != ["first"] or not 1 < count < MONTHS_PER_YEAR:
        return "", None, position
    fiscal = fiscal_position(items, position + 3)
    year, end_position = read_year(items, position + 3 if fiscal is None else fiscal + 1)
    if fiscal is not None:
        return "period", PeriodMention(month=count, year=year, is_fiscal=True, is_vague=year is None), end_position
    if count == MONTHS_OF_QUARTER:
        return "period", PeriodMention(quarter=1, year=year), end_position
    return "period", PeriodMention(month=count, first_month=1, year=year), end_position


def _month_count(items: Sequence[Item], position: int) -> int:
    """Return the number of `ten months`; 0 where there is none."""
    texts = [str(each.value) for each in items[position : position + 1] if each.kind in {"number", "cardinal"}]
    is_count = texts != [] and texts[0].isdigit() and len(texts[0]) <= MAX_COUNT_DIGITS
    has_months = is_count and [each.text.lower() for each in items[position + 1 : position + 2]] == ["months"]
    return int(texts[0]) if has_months else 0


def read_month_span(items: Sequence[Item], start: int) -> tuple[str, PeriodMention | None, int]:
    """Return the months up to a month, as in `year to January 2024` or `three months ended March 31, 2024`.

    The result has the kind, the mention, and the position after it; the kind is empty where there is no such phrase.
    """
    count = MONTHS_PER_YEAR if items[start].text.lower() == "year" else _month_count(items, start)
    position = start if items[start].text.lower() == "year" else start + 1
    if not 1 < count <= MONTHS_PER_YEAR or position + 2 >= len(items):
        return "", None, start
    following = items[position + 1].text.lower()
    month_position = position + (2 if following in YEAR_END_VERBS else 0)
    if month_position > position and items[month_position].text in {"in", "on"} and month_position + 1 < len(items):
        month_position += 1
    month = items[month_position]
    if month_position == position or month.kind != "month":
        return "", None, start
    end = month_position + 1
    if end < len(items) and is_day(items[end]):
        end += 1
    year, end_position = read_year(items, end)
    number = int(month.value)
    return "period", PeriodMention(month=number, first_month=(number - count) % 12 + 1, year=year), end_position
