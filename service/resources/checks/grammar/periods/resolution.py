"""The codes of mentioned periods, such as `2024-01`, and the comparison of two periods."""

from service.domain.periods import calendar_month_number, parse_period, period_text
from service.resources.checks.grammar.periods.mentions import PeriodMention


def resolve_period(mention: PeriodMention, *, newest_month: int) -> str | None:
    """Return the code of a period, such as `2024-01`, `2023-Q4` or `2023`; null where it cannot be determined.

    `newest_month` is the last month that the text can be about. A month or quarter without a year is the newest one
    up to that month.
    """
    is_part_of_fiscal_year = mention.is_fiscal and not (mention.month is None and mention.quarter is None)
    if mention.is_vague or mention.is_same_month or is_part_of_fiscal_year:
        return None
    newest = period_text(newest_month, months=1)
    if mention.relative_months is not None:
        return newest
    year = mention.year
    if year is None and mention.relative_years is not None:
        year = int(newest[:4]) + mention.relative_years
    last_month = mention.month or (mention.quarter or 0) * 3
    if year is None and last_month:
        year = _newest_year(newest_month, last_month)
    return None if year is None else _code(mention, year)


def _code(mention: PeriodMention, year: int) -> str:
    if mention.month is not None:
        return f"{year}-{mention.month:02}"
    if mention.quarter is not None:
        return f"{year}-Q{mention.quarter}"
    if mention.half is not None:
        return f"{year}-H{mention.half}"
    return f"FY{year}" if mention.is_fiscal else str(year)


def shift_period(period: str, *, months: int) -> str:
    """Return the period of the same length that begins `months` after the start of `period`."""
    parsed = parse_period(period)
    return str(parsed.shift(months))


def _newest_year(newest_month: int, month: int) -> int:
    year = newest_month // 12
    return year if calendar_month_number(year, month) <= newest_month else year - 1


def base_comparison(base: PeriodMention, period: str) -> str | None:
    """Return the kind of comparison of a period with the period `base` that a text names.

    The kinds are `pop` (with the period immediately before), `yoy` (with the year before) and `two_year` (with two
    years before); null for any other base.
    """
    parsed = parse_period(period)
    if base.relative_months is not None:
        return "pop" if parsed.months == 1 else None
    if base.month is None and base.quarter is None:
        year = base.year if base.relative_years is None else int(period[:4]) + base.relative_years
        return "yoy" if year == int(period[:4]) - 1 else None
    if base.half is not None or base.is_fiscal:
        code = resolve_period(base, newest_month=parsed.first_month)
        return "yoy" if code == shift_period(period, months=-12) else None
    newest_month = parsed.first_month if base.relative_years is not None else parsed.first_month - 1
    code = resolve_period(base, newest_month=newest_month)
    if code in {shift_period(period, months=-12), shift_period(period, months=-24)}:
        return "yoy" if code == shift_period(period, months=-12) else "two_year"
    return "pop" if code == shift_period(period, months=-parsed.months) and parsed.months < 12 else None
