"""Rates of sentences are computed from amounts where these give the rounded rate of the response."""

import pytest

from service.domain.unrounded_rates import unrounded_magnitude_pct, unrounded_rate


@pytest.mark.parametrize(
    ("rounded_rate", "part", "whole", "rate"),
    [
        (25.45, 2_545_003, 10_000_000, 25.45003),
        (33.3333, 1, 3, 100 / 3),
        (33.4, 1, 3, 33.4),  # the amounts are rounded themselves, as converted ones are
        (12.3, None, 10, 12.3),
        (12.3, 5, 0, 12.3),
        (None, 1, 3, None),
    ],
)
def test_a_rate_is_unrounded_where_its_amounts_are_exact(rounded_rate, part, whole, rate):
    assert unrounded_rate(rounded_rate, part, whole) == rate


def test_the_growth_of_a_deficit_is_that_of_its_size():
    # From -10,000,000 to -7,454,997 the deficit is 25.45003 % smaller.
    row = {"balance": -7_454_997, "balance_base": -10_000_000, "balance_magnitude_pct": -25.45}

    assert unrounded_magnitude_pct(row) == -25.45003
