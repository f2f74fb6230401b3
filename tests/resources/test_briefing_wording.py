"""Numbers, periods and names as they stand in a sentence."""

import pytest

from service.resources.briefings.text import (
    as_printed,
    goods_words,
    money,
    moved,
    ordinal,
    points,
    possessive,
    span_words,
)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (7_332_754_388_000, "7.33 trillion yen"),
        (124_040_531_000, "124.0 billion yen"),
        (88_241_000_000, "88.24 billion yen"),
        (757_100_000, "757.1 million yen"),
        (1_500, "1,500 yen"),
        (-1_760_340_374_000, "1.76 trillion yen"),
    ],
)
def test_amounts_are_printed_with_as_many_digits_as_are_read(amount, words):
    assert money(amount, "JPY") == words


def test_an_amount_as_printed_is_that_of_the_digits_shown():
    assert as_printed(7_332_754_388_000) == 7_330_000_000_000


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2023-11", "2024-01", "November 2023 to January 2024"),
        ("2024-01", "2024-06", "January to June 2024"),
        ("2024-01", "2024-01", "January 2024"),
        ("2023-Q1", "2023-Q4", "the first quarter of 2023 to the fourth quarter of 2023"),
        ("2022", "2024", "2022 to 2024"),
    ],
)
def test_the_year_of_months_is_said_once(first, last, words):
    assert span_words(first, last) == words


@pytest.mark.parametrize(
    ("name", "code", "words"),
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
def test_goods_are_named_as_in_a_sentence(name, code, words):
    assert goods_words({"commodity_name": name, "commodity": code}) == words


def test_what_is_printed_as_none_has_no_sign():
    assert (points(0.04), points(-0.04), points(4.3160), moved(-0.04)) == ("0.0", "0.0", "+4.3", "unchanged")


def test_possessives_and_ordinals_read_well():
    assert [possessive(name) for name in ("Japan", "United States")] == ["Japan's", "the United States'"]
    assert [ordinal(number) for number in (2, 10, 11)] == ["second", "tenth", "11th"]
    assert [ordinal(number) for number in (21, 22, 23, 112)] == ["21st", "22nd", "23rd", "112th"]
