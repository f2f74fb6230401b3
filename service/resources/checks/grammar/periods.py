"""Periods of a sentence: months, quarters and years as items of kind `period`, and their resolution to a code."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.periods import calendar_month_number, parse_period, period_text
from service.resources.checks.grammar.lexicon import Item

YEARS = range(1950, 2100)
MAX_DAY = 31
RELATIVE_YEARS = {"this": 0, "last": -1}
RANGE_SIGNS = frozenset({"-", "\u2013", "\u2014", "to", "through"})
BASE_MARKERS = frozenset({"than", "versus", "compared with", "compared to", "against", "from", "since", "on", "over"})
YEAR_PARTS = frozenset(
    {"month", "months", "week", "weeks", "half", "start", "beginning", "end", "early", "late", "mid", "quarter", "part"}
)
ARTICLES = frozenset({"the", "in", "a", "of", "for", "during"})


@dataclass(frozen=True)
class PeriodMention:
    """A period as named in a text.

    `month` is 1 to 12 and `quarter` 1 to 4; both are null for a year. `year` is null where the text leaves it open.
    `relative_years` and `relative_months` count from the day of publication. `first_month` is the first month of a
    range that ends in `month`. `is_base` marks the base of a comparison, such as January in `up from January`.
    `is_vague` marks a part of a year whose months are not stated, such as `the end of 2023`.
    """

    month: int | None = None
    quarter: int | None = None
    year: int | None = None
    relative_years: int | None = None
    relative_months: int | None = None
    first_month: int | None = None
    is_base: bool = False
    is_vague: bool = False


RELATIVE_PERIODS = {
    "last month": PeriodMention(relative_months=-1),
    "last year": PeriodMention(relative_years=-1),
}


def read_periods(items: Sequence[Item]) -> list[Item]:
    """Return the items of a sentence with each period joined into an item of kind `period`; dates become `date`."""
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
        is_base = any(item.text in BASE_MARKERS for item in _preceding_items(result))
        if mention is not None and is_base and mention.first_month is None:
            mention = PeriodMention(**{**mention.__dict__, "is_base": True})
        text = " ".join(item.text for item in items[position:end_position])
        result.append(Item(kind, mention, items[position].start, items[end_position - 1].end, text))
        position = end_position
    return result


def _preceding_items(result: Sequence[Item]) -> list[Item]:
    """Return the last item before a period, articles and prepositions left out; empty at the beginning."""
    for item in reversed(result):
        if item.text not in ARTICLES:
            return [item]
    return []


def _read_period(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
    """Return kind, mention and end of the period at `position`; an empty kind where there is none."""
    item = items[position]
    if item.kind == "month":
        return _read_month(items, position)
    if item.kind == "quarter":
        year, end_position = _read_year(items, position + 1)
        return "period", PeriodMention(quarter=int(item.value[1]), year=year), end_position
    if item.kind == "number" and _is_year(item):
        return _read_iso_month(items, position) or _read_plain_year(items, position)
    words = [each.text for each in items[position : position + 2]]
    mention = RELATIVE_PERIODS.get(" ".join(words))
    return ("", None, position) if mention is None else ("period", mention, position + 2)


def _read_plain_year(items: Sequence[Item], position: int) -> tuple[str, PeriodMention, int]:
    preceding = [each.text.lower() for each in items[max(0, position - 2) : position]]
    is_vague = preceding[-1:] != [] and (
        preceding[-1] in YEAR_PARTS or (preceding[-1] in {"of", "in"} and preceding[0] in YEAR_PARTS)
    )
    return "period", PeriodMention(year=int(items[position].text), is_vague=is_vague), position + 1


def _read_iso_month(items: Sequence[Item], position: int) -> tuple[str, PeriodMention, int] | None:
    """Return the month of `2024-01`; null where there is none."""
    texts = [each.text for each in items[position + 1 : position + 3]]
    is_month = len(texts) == 2 and texts[0] == "-" and texts[1].isdigit() and len(texts[1]) == 2
    if not is_month or not 1 <= int(texts[1]) <= 12:
        return None
    return "period", PeriodMention(month=int(texts[1]), year=int(items[position].text)), position + 3


def _read_month(items: Sequence[Item], position: int) -> tuple[str, PeriodMention | None, int]:
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
    if previous is not None and _is_day(previous) and previous.end < items[position].start:
        year, end_position = _read_year(items, end_position)
        return "date", PeriodMention(month=month, year=year), end_position
    if following is not None and _is_day(following):
        year, end_position = _read_year(items, end_position + 1)
        return "date", PeriodMention(month=month, year=year), end_position
    if following is not None and following.text in RANGE_SIGNS and end_position + 1 < len(items):
        end = items[end_position + 1]
        if end.kind == "month":
            year, end_position = _read_year(items, end_position + 2)
            return "period", PeriodMention(month=int(end.value), first_month=month, year=year), end_position
    has_year_word = [each.text for each in items[end_position + 1 : end_position + 2]] == ["year"]
    if following is not None and has_year_word and following.text in RELATIVE_YEARS:
        return "period", PeriodMention(month=month, relative_years=RELATIVE_YEARS[following.text]), end_position + 2
    year, end_position = _read_year(items, end_position)
    return "period", PeriodMention(month=month, year=year), end_position


def _read_year(items: Sequence[Item], position: int) -> tuple[int | None, int]:
    """Return the year at `position`, after a comma or `of`, and the position behind it; null where there is none."""
    for skipped in (0, 1):
        index = position + skipped
        if skipped and (position >= len(items) or items[position].text not in {",", "of"}):
            break
        if index < len(items) and items[index].kind == "number" and _is_year(items[index]):
            return int(items[index].text), index + 1
    return None, position


def _is_year(item: Item) -> bool:
    return len(item.text) == 4 and item.text.isdigit() and int(item.text) in YEARS


def _is_day(item: Item) -> bool:
    return item.kind == "number" and item.text.isdigit() and len(item.text) <= 2 and 1 <= int(item.text) <= MAX_DAY


def resolve_period(mention: PeriodMention, *, newest_month: int) -> str | None:
    """Return the code of a period, such as `2024-01`, `2023-Q4` or `2023`; null where it cannot be determined.

    `newest_month` is the last month that the text can be about. A month or quarter without a year is the newest one
    up to that month.
    """
    if mention.is_vague:
        return None
    newest = period_text(newest_month, months=1)
    year = mention.year
    if year is None and mention.relative_years is not None:
        year = int(newest[:4]) + mention.relative_years
    if mention.relative_months is not None:
        return newest
    if mention.quarter is not None:
        year = year or _newest_year(newest_month, mention.quarter * 3)
        return f"{year}-Q{mention.quarter}"
    if mention.month is not None:
        year = year or _newest_year(newest_month, mention.month)
        return f"{year}-{mention.month:02}"
    return None if year is None else str(year)


def shift_period(period: str, *, months: int) -> str:
    """Return the period of the same length that begins `months` after the start of `period`."""
    parsed = parse_period(period)
    return str(parsed.shift(months))


def _newest_year(newest_month: int, month: int) -> int:
    year = newest_month // 12
    return year if calendar_month_number(year, month) <= newest_month else year - 1


def base_comparison(base: PeriodMention, period: str) -> str | None:
    """Return `pop` where `base` is the period before `period`, `yoy` where it is a year before, else null."""
    parsed = parse_period(period)
    if base.relative_months is not None:
        return "pop" if parsed.months == 1 else None
    if base.month is None and base.quarter is None:
        year = base.year if base.relative_years is None else int(period[:4]) + base.relative_years
        return "yoy" if year == int(period[:4]) - 1 else None
    newest_month = parsed.first_month if base.relative_years is not None else parsed.first_month - 1
    code = resolve_period(base, newest_month=newest_month)
    if code == shift_period(period, months=-12):
        return "yoy"
    return "pop" if code == shift_period(period, months=-parsed.months) and parsed.months < 12 else None
