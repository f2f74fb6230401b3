"""Numbers, periods and names as they stand in a sentence."""

import pytest

from service.domain.text import (
    format_commodity,
    format_growth,
    format_money,
    format_period_range,
    format_points,
    ordinal,
    possessive,
    round_for_display,
)


@pytest.mark.parametrize(
    ("amount", "expected_text"),
    [
        (7_332_754_388_000, "7.33 trillion yen"),
        (124_040_531_000, "124.0 billion yen"),
        (88_241_000_000, "88.24 billion yen"),
        (757_100_000, "757.1 million yen"),
        (1_500, "1,500 yen"),
        (-1_760_340_374_000, "1.76 trillion yen"),
    ],
)
def test_amounts_are_rounded_for_reading(amount, expected_text):
    assert format_money(amount, "JPY") == expected_text


def test_a_rounded_amount_equals_its_printed_digits():
    assert round_for_display(7_332_754_388_000) == 7_330_000_000_000


@pytest.mark.parametrize(
    ("first", "last", "expected_text"),
    [
        ("2023-11", "2024-01", "November 2023 to January 2024"),
        ("2024-01", "2024-06", "January to June 2024"),
        ("2024-01", "2024-01", "January 2024"),
        ("2023-Q1", "2023-Q4", "the first quarter of 2023 to the fourth quarter of 2023"),
        ("2022", "2024", "2022 to 2024"),
    ],
)
def test_a_range_within_a_year_names_the_year_once(first, last, expected_text):
    assert format_period_range(first, last) == expected_text


@pytest.mark.parametrize(
    ("name", "code", "expected_text"),
    [
        ("Passenger cars", "CAR", "passenger cars"),
        ("LNG", "LNG", "LNG"),
        ("Iron and steel", "72", "iron and steel (72)"),
        (
            "Natural, cultured pearls; precious, semi-precious stones; precious metals; coin",
            "71",
            "natural, cultured pearls etc (71)",
        ),
    ],
)
def test_commodity_names_fit_a_sentence(name, code, expected_text):
    assert format_commodity({"commodity_name": name, "commodity": code}) == expected_text


def test_values_rounded_to_zero_have_no_sign():
    assert (format_points(0.04), format_points(-0.04), format_points(4.3160), format_growth(-0.04)) == (
        "0.0",
        "0.0",
        "+4.3",
        "unchanged",
    )


def test_possessives_and_ordinals_are_correct():
    assert [possessive(name) for name in ("Japan", "United States")] == ["Japan's", "the United States'"]
    assert [ordinal(number) for number in (2, 10, 11)] == ["second", "tenth", "11th"]
    assert [ordinal(number) for number in (21, 22, 23, 112)] == ["21st", "22nd", "23rd", "112th"]
