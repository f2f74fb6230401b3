"""Months, quarters, half-years and years of a sentence, and ranges of months."""

from collections.abc import Sequence
from dataclasses import replace

from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.periods.spans import fiscal_position, read_fiscal_year
from service.resources.checks.grammar.periods.years import is_day, read_year
from service.resources.checks.grammar.words.lexicon import Item

RELATIVE_YEARS = {"this": 0, "last": -1}
RANGE_SIGNS = frozenset({"-", "\u2013", "\u2014", "to", "through"})
MONTHS_OF_HALF = 6
YEAR_PARTS = frozenset(
    {"month", "months", "week", "weeks", "half", "start", "beginning", "end", "early", "late", "mid", "quarter", "part"}
)


def read_part_of_year(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return the quarter or half-year that begins at `position`: its kind, its mention, and the position after it.

    The item at `position` names the quarter or half-year; a year or a fiscal year can follow it. The kind is `period`;
    it is `block` for a part of a fiscal year without a number.
    """
    item = items[position]
    fiscal = fiscal_position(items, position + 1)
    if fiscal is not None:
        return _part_of_fiscal_year(items, fiscal, item)
    year, end_position = read_year(items, position + 1)
    if item.kind == "half":
        return "period", PeriodMention(half=int(item.value[1]), year=year, is_vague=year is None), end_position
    return "period", PeriodMention(quarter=int(item.value[1]), year=year), end_position


def _part_of_fiscal_year(items: Sequence[Item], fiscal: int, part: Item) -> tuple[str, PeriodMention | None, int]:
    """Return the mention of a half-year or quarter of the fiscal year at `fiscal`.

    The second half is vague, because no column has a sum over its months.
    """
    kind, mention, end_position = read_fiscal_year(items, fiscal)
    number = int(part.value[1])
    if mention is None or mention.month is not None:
        return kind, None if mention is None else replace(mention, is_vague=True), end_position
    if part.kind == "quarter":
        return kind, replace(mention, quarter=number), end_position
    mention = replace(mention, month=MONTHS_OF_HALF) if number == 1 else replace(mention, is_vague=True)
    return kind, mention, end_position


def read_plain_year(items: Sequence[Item], position: int) -> tuple[str, PeriodMention, int]:
    """Return the year at `position`: its kind, its mention, and the position after it.

    The mention is vague where the words before the year name only a part of it, as in `at the end of 2023`.
    """
    preceding = [each.text.lower() for each in items[max(0, position - 2) : position]]
    is_vague = preceding[-1:] != [] and (
        preceding[-1] in YEAR_PARTS or (preceding[-1] in {"of", "in"} and preceding[0] in YEAR_PARTS)
    )
    return "period", PeriodMention(year=int(items[position].text), is_vague=is_vague), position + 1


def read_iso_month(items: Sequence[Item], position: int) -> tuple[str, PeriodMention, int] | None:
    """Return a month in ISO form at `position`, such as `2024-01`; null where there is none.

    The result has the kind, the mention, and the position after it.
    """
    texts = [each.text for each in items[position + 1 : position + 3]]
    is_month = len(texts) == 2 and texts[0] == "-" and texts[1].isdigit() and len(texts[1]) == 2
    if not is_month or not 1 <= int(texts[1]) <= 12:
        return None
    return "period", PeriodMention(month=int(texts[1]), year=int(items[position].text)), position + 3


def read_month(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return the month, range of months or day that begins with the name of a month at `position`.

    The result has the kind (`date` for a day, else `period`), the mention, and the position after it.
    """
    month = int(items[position].value)
    end_position = position + 1
    if (
        end_position < len(items)
        and items[end_position].text == "."
        and items[end_position].start == items[position].end
    ):
        end_position += 1
    previous = items[position - 1] if position else None
    following = items[end_position] if end_position < len(items) else None
    if previous is not None and is_day(previous) and previous.end < items[position].start:
        year, end_position = read_year(items, end_position)
        return "date", PeriodMention(month=month, year=year), end_position
    if following is not None and is_day(following):
        year, end_position = read_year(items, end_position + 1, has_preposition=True)
        return "date", PeriodMention(month=month, year=year), end_position
    if following is not None and following.kind == "month":  # `January-February`
        year, end_position = read_year(items, end_position + 1)
        return "period", _range_mention(month, int(following.value), year), end_position
    if following is not None and following.text in range_signs(items) and end_position + 1 < len(items):
        end = items[end_position + 1]
        if end.kind == "month":
            year, end_position = read_year(items, end_position + 2)
            return "period", _range_mention(month, int(end.value), year), end_position
    has_year_word = [each.text for each in items[end_position + 1 : end_position + 2]] == ["year"]
    if following is not None and has_year_word and following.text in RELATIVE_YEARS:
        return "period", PeriodMention(month=month, relative_years=RELATIVE_YEARS[following.text]), end_position + 2
    year, end_position = read_year(items, end_position)
    last = _end_of_long_range(items, end_position, month, year)
    return last or ("period", PeriodMention(month=month, year=year), end_position)


def range_signs(items: Sequence[Item]) -> frozenset[str]:
    """Return the words and signs that can join two months of the sentence to a range, such as `to`.

    `and` is one of them, except in a sentence with `respectively`, where it joins the members of a list.
    """
    is_list = any(item.text.lower() == "respectively" for item in items)
    return RANGE_SIGNS if is_list else RANGE_SIGNS | {"and"}


def _end_of_long_range(
    items: Sequence[Item], position: int, month: int, year: int | None
) -> tuple[str, PeriodMention | None, int] | None:
    """Return the range of `April 2023 to January 2024`; null where no second month of at most a year later follows."""
    texts = [each.text for each in items[position : position + 1]]
    if year is None or not range_signs(items).intersection(texts) or position + 1 >= len(items):
        return None
    end = items[position + 1]
    if end.kind != "month":
        return None
    last_year, end_position = read_year(items, position + 2)
    months = ((last_year or year) - year) * 12 + int(end.value) - month
    if not 0 < months < 12:
        return None
    return "period", PeriodMention(month=int(end.value), first_month=month, year=last_year), end_position


def _range_mention(first_month: int, month: int, year: int | None) -> PeriodMention:
    """Return a range of months, as a half-year or a year where it is one."""
    if (first_month, month) == (1, 12):
        return PeriodMention(year=year, is_vague=year is None)
    if month - first_month == 5 and first_month in {1, 7} and year is not None:
        return PeriodMention(half=1 if first_month == 1 else 2, year=year)
    return PeriodMention(month=month, first_month=first_month, year=year)
