"""Rounding half-even, of ratios to 4 decimals and of amounts to whole units."""

from decimal import Decimal

import pytest

from service.domain.rounding import round_half_even, rounded_ratio


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.5", 0), ("1.5", 2), ("2.5", 2), ("-0.5", 0), ("2.51", 3), ("7", 7)]
)
def test_an_amount_halfway_between_units_is_rounded_to_the_even_one(amount, rounded):
    assert round_half_even(Decimal(amount)) == rounded


def test_a_null_amount_stays_null():
    assert round_half_even(None) is None


@pytest.mark.parametrize(
    ("part", "total", "percent"),
    [
        (1, 3, 33.3333),
        (1, 2_000_000, 0.0),  # 0.00005 lies between 0.0000 and 0.0001: the even one
        (3, 2_000_000, 0.0002),  # 0.00015 lies between 0.0001 and 0.0002
        (-1, 3, -33.3333),
        (0, 5, 0.0),
        (5, 0, None),
        (5, -5, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_a_ratio_has_four_decimals_and_requires_a_positive_total(part, total, percent):
    assert rounded_ratio(part, total=total, scale=100) == percent


def test_a_ratio_that_rounds_to_zero_has_no_sign():
    assert str(rounded_ratio(-1, total=10**9, scale=100)) == "0.0"
