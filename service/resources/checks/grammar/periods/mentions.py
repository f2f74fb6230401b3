"""Mentions of periods, as a text names them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PeriodMention:
    """A period as named in a text.

    `month` is 1 to 12, `quarter` 1 to 4 and `half` 1 or 2; all are null for a year. `is_fiscal` marks a fiscal year.
    `year` is null where the text leaves it open. `relative_years` and `relative_months` count from the day of
    publication. `first_month` is the first month of a range of at most 12 months that ends in `month`. `is_base` marks
    the base of a comparison, such as January in `up from January`. `is_same_month` marks the month of another period of
    the sentence, as in `the same month of 2023`. `is_vague` marks a part of a year whose months are not stated, such as
    `the end of 2023`.
    """

    month: int | None = None
    quarter: int | None = None
    half: int | None = None
    year: int | None = None
    relative_years: int | None = None
    relative_months: int | None = None
    first_month: int | None = None
    is_base: bool = False
    is_vague: bool = False
    is_fiscal: bool = False
    is_same_month: bool = False


RELATIVE_PERIODS = {
    "last month": PeriodMention(relative_months=-1),
    "last year": PeriodMention(relative_years=-1),
}
