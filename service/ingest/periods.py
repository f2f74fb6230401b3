"""Periods as they stand in files."""

import re
from functools import lru_cache

_FORMS = {
    1: re.compile(r"(?P<year>[0-9]{4})[-/]?(?P<part>0[1-9]|1[0-2])", re.ASCII),
    3: re.compile(r"(?P<year>[0-9]{4})-?Q(?P<part>[1-4])", re.ASCII),
    12: re.compile(r"(?P<year>[0-9]{4})", re.ASCII),
}
_READS = {1: "2024-01", 3: "2024-Q1", 12: "2024"}


class NotAPeriodError(ValueError):
    """The text is no period of the dataset's frequency."""


@lru_cache(maxsize=4096)
def first_month(text: str, *, months: int) -> int:
    """Return year * 12 + month - 1 of the first month of the period, which is `months` long.

    :raises NotAPeriodError: the text is no such period.
    """
    match = _FORMS[months].fullmatch(text)
    if not match:
        raise NotAPeriodError(f'"{text}" is no period of this dataset, which reads {_READS[months]}')
    part = int(match.groupdict().get("part") or 1)
    return int(match["year"]) * 12 + (part - 1) * months
