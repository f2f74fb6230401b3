"""Parsers of the periods in files."""

import re
from functools import lru_cache

from service.domain.periods import MAX_YEAR, MIN_YEAR, period_first_month
from service.ingest.validation.record import InvalidCell

_PERIOD_PATTERNS = {
    1: re.compile(r"(?P<year>[0-9]{4})[-/]?(?P<part>0[1-9]|1[0-2])", re.ASCII),
    3: re.compile(r"(?P<year>[0-9]{4})-?Q(?P<part>[1-4])", re.ASCII),
    12: re.compile(r"(?P<year>[0-9]{4})", re.ASCII),
}
_PERIOD_EXAMPLES = {1: "2024-01", 3: "2024-Q1", 12: "2024"}


@lru_cache(maxsize=4096)
def first_month(text: str, *, months: int, column: str | None = None) -> int:
    """Return the first month of a period, as it is stored: year * 12 + month - 1.

    `months` is the length of the period; errors name `column`.

    :raises InvalidCell: the text is not a period of this length, or its year is out of range.
    """
    match = _PERIOD_PATTERNS[months].fullmatch(text)
    if not match or not MIN_YEAR <= int(match["year"]) <= MAX_YEAR:
        raise InvalidCell(f"is not a period of this dataset; write it as {_PERIOD_EXAMPLES[months]}", text, column)
    part = int(match.groupdict().get("part") or 1)
    return period_first_month(int(match["year"]), part, period_months=months)


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_LABELS = (
    re.compile(r"(?P<year>[0-9]{4})[-/.M]?(?P<month>0?[1-9]|1[0-2])", re.ASCII),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII),
    re.compile(rf"(?P<name>{'|'.join(_MONTH_NAMES)})[a-z]*\.? (?P<year>[0-9]{{4}})", re.ASCII | re.IGNORECASE),
)
"""Patterns of months in files: 2024-01, 202401, 2024M01, 2024.01, 2024-1, 2024-01-01, January 2024."""


@lru_cache(maxsize=4096)
def parse_period_label(text: str, *, months: int, column: str | None = None) -> int:
    """Return the first month of a period in any spelling that tidy files may have, such as `January 2024`.

    The month is returned as it is stored, year * 12 + month - 1. `months` is the length of the period; errors name
    `column`.

    :raises InvalidCell: the text is not a period of this length, or its year is out of range.
    """
    match = (
        next((label_match for label in _MONTH_LABELS if (label_match := label.fullmatch(text))), None)
        if months == 1
        else None
    )
    if match is None:
        return first_month(text, months=months, column=column)
    parts = match.groupdict()
    month = int(parts["month"]) if "month" in parts else _MONTH_NAMES.index(parts["name"].lower()) + 1
    return first_month(f"{parts['year']}-{month:02}", months=1, column=column)
