"""Periods: parsing, month arithmetic, text."""

from datetime import date

import pytest

from service.domain.periods import (
    InvalidPeriodError,
    Period,
    PeriodRange,
    begin_fiscal_years,
    calendar_month_number,
    first_day,
    month_number,
    parse_period,
    parse_ranges,
    period_first_month,
    period_start,
    period_text,
    ranges_text,
    resolve_ranges,
)
from service.errors import InvalidRequest

JANUARY_2024 = 24288  # 2024 * 12


@pytest.mark.parametrize(
    ("text", "first_month", "months"),
    [
        ("2024", 24288, 12),
        ("2024-01", 24288, 1),
        ("2024-12", 24299, 1),
        ("2024-Q1", 24288, 3),
        ("2024-q4", 24297, 3),
        ("2024-H1", 24288, 6),
        ("2024-h2", 24294, 6),
    ],
)
def test_a_period_is_its_first_month_and_its_length(text, first_month, months):
    assert parse_period(text) == Period(first_month, months)
    assert period_text(first_month, months=months) == text.upper()


def test_a_fiscal_year_begins_in_the_year_of_its_name():
    (period_range,) = begin_fiscal_years(parse_ranges("FY2023"), offset=3)

    assert period_range.start == Period(24279, 12, is_fiscal=True)  # 2023 * 12 + 3: April 2023
    assert ranges_text(begin_fiscal_years([period_range], offset=9)) == "FY2023"


def test_fiscal_years_are_refused_where_they_are_not_accepted():
    with pytest.raises(InvalidPeriodError, match="fiscal years are not accepted here"):
        parse_ranges("2022,FY2023", accepts_fiscal_years=False)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("2024-13", "2024-12"),
        ("2024-00", "2024-01"),
        ("2024-Q5", "2024-Q4"),
        ("2024-H3", "2024-H2"),
        ("1899", None),
        ("24-01", None),
        ("2024-1", None),
    ],
)
def test_an_invalid_period_suggests_the_nearest_valid_one(text, suggestion):
    with pytest.raises(InvalidPeriodError) as error:
        parse_period(text)

    assert error.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("day", "month"), [("2024-01-01", 24288), ("2024-01-31", 24288), ("2024-12-31", 24299), ("1999-12-31", 23999)]
)
def test_the_month_of_a_day_is_numbered_from_year_zero(day, month):
    assert month_number(date.fromisoformat(day)) == month


@pytest.mark.parametrize("month", [JANUARY_2024, JANUARY_2024 + 1, JANUARY_2024 + 11])
def test_the_first_day_of_a_month_lies_in_that_month(month):
    assert first_day(month).day == 1
    assert month_number(first_day(month)) == month


def test_months_and_quarters_are_counted_from_january():
    assert calendar_month_number(2024) == JANUARY_2024
    assert calendar_month_number(2024, 12) == JANUARY_2024 + 11
    assert period_first_month(2024, 4, period_months=3) == JANUARY_2024 + 9
    assert period_first_month(2024, 1, period_months=12) == JANUARY_2024


@pytest.mark.parametrize(("period_months", "start"), [(1, 24298), (3, 24297), (12, 24288)])
def test_a_month_belongs_to_one_period_of_each_length(period_months, start):
    assert period_start(JANUARY_2024 + 10, period_months=period_months) == start


def test_a_list_of_ranges_has_open_ends_and_latest():
    january, year = Period(JANUARY_2024, 1), Period(JANUARY_2024 - 12, 12)

    assert parse_ranges("2023,2024-01..,..latest,all") == (
        PeriodRange(year, year),
        PeriodRange(january, None),
        PeriodRange(None, "latest"),
        PeriodRange(None, None),
    )


def test_a_reversed_range_suggests_the_right_order():
    with pytest.raises(InvalidPeriodError) as error:
        parse_ranges("2024-02..2024-01")

    assert error.value.suggestion == "2024-01..2024-02"


def test_open_ends_reach_as_far_as_figures_are_published():
    published = (JANUARY_2024 - 24, JANUARY_2024 + 5)

    assert resolve_ranges(parse_ranges("all,2023,latest"), published, period_months=1) == (
        published,
        (JANUARY_2024 - 12, JANUARY_2024 - 1),
        (JANUARY_2024 + 5, JANUARY_2024 + 5),
    )


def test_a_month_is_too_short_for_a_quarterly_request():
    with pytest.raises(InvalidRequest) as error:
        resolve_ranges(parse_ranges("2024-02"), (JANUARY_2024, JANUARY_2024 + 11), period_months=3)

    assert error.value.parameter_errors[0].suggestions == ["2024-Q1"]
