"""Quantities of a sentence: percentages, amounts of money, growth words and streaks, as items of kind `quantity`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from service.resources.checks.claims import Quantity
from service.resources.checks.grammar.words.lexicon import Item

LIST_JOINTS = frozenset({",", "and", "or"})
MAX_DIGITS = 20
DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")
SIGNS = {"+": 1, "-": -1, "\u2212": -1, "\u2013": -1}
ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})
LETTER_MAGNITUDES = frozenset({"m", "b", "t"})
GROWTH_WORD_TOLERANCE = Decimal("0.1")
"""Half-width of the range that a growth word stands for, as a share of its multiple: 90 to 110 % for `doubled`."""
FRACTION_TOLERANCE = Decimal("2.5")
"""Half-width in percentage points of the range that `by a quarter` stands for."""
RATIO_WORDS = frozenset(
    (
        "as",
        "much",
        "many",
        "large",
        "big",
        "high",
        "great",
        "the",
        "level",
        "value",
        "amount",
        "figure",
        "of",
        "that",
        "those",
    )
)
PREVIOUS_YEAR_TEXTS = (["the", "year", "before"], ["the", "year", "earlier"], ["the", "previous", "year"])
STREAK_NAMES = frozenset({"streak"})
QUALIFIER_GAP = frozenset({"filler", "money"})


def read_quantities(items: Sequence[Item]) -> list[Item]:
    """Return the items of a sentence with each number and its unit joined into an item of kind `quantity`."""
    result: list[Item] = []
    position = 0
    while position < len(items):
        parsed = (
            _read_streak(items, position)
            or _read_rank(items, position)
            or _read_ratio(items, position)
            or _read_number(items, position, result)
            or _read_word(items, position)
        )
        if parsed is None:
            result.append(items[position])
            position += 1
            continue
        quantity, position = parsed
        quantity = _add_qualifier(quantity, result)
        kind = "multiplier" if quantity.unit == "times" else "quantity"
        result.append(Item(kind, quantity, quantity.start, quantity.end, ""))
    return result


def _read_number(items: Sequence[Item], position: int, previous: list[Item]) -> tuple[Quantity, int] | None:
    """Return the amount or percentage whose number is at `position`; null for a number without a unit."""
    item = items[position]
    if item.kind != "number" or len(item.text) > MAX_DIGITS or _is_in_digit_list(items, position):
        return None
    text = item.text.replace(",", "." if DECIMAL_COMMA.fullmatch(item.text) else "")
    decimals = len(text.partition(".")[2])
    start, end, position = item.start, item.end, position + 1
    unit, currency, scale = None, None, Decimal(1)
    if position < len(items) and _is_magnitude(items, position):
        scale, end, position = Decimal(items[position].value), items[position].end, position + 1
    following = items[position] if position < len(items) else None
    if following is not None and following.kind == "percent" and scale == 1:
        unit, end, position = ("%" if following.value == "percent" else "pp"), following.end, position + 1
        if unit == "%" and position < len(items) and items[position].value == "points":
            unit, end, position = "pp", items[position].end, position + 1
    elif following is not None and following.kind == "money" and not _is_symbol_of_next(items, position):
        unit, currency, end, position = "currency", following.value, following.end, position + 1
    prefix = previous[-1] if previous else None
    if prefix is not None and prefix.kind == "money" and unit in {None, "currency"}:
        previous.pop()
        unit, currency, start = "currency", currency or prefix.value, prefix.start
    is_unit_known = not _is_unknown_unit(following)
    if unit is None and scale >= 1_000_000:
        unit = "currency"
    if unit is None:
        shared = _unit_of_list(items, position)
        if shared is None:
            return None
        unit, currency, scale = shared.unit, shared.currency, shared.scale
    sign, has_sign, start = _take_sign(previous, start)
    number = sign * Decimal(text)
    precision = Decimal(5).scaleb(-decimals - 1)
    quantity = Quantity(start, end, number, unit, precision, scale, currency, has_sign=has_sign)
    return replace(quantity, is_unit_known=is_unit_known or currency is not None or unit != "currency"), position


def _is_in_digit_list(items: Sequence[Item], position: int) -> bool:
    """Return whether a number continues a list of digits, `1,2,3`."""
    return position > 1 and items[position - 1].text == "," and items[position - 2].end + 1 == items[position].start


def _unit_of_list(items: Sequence[Item], position: int) -> Quantity | None:
    """Return the number that has the unit of a list, as in `29.2 and 15.6 percent, respectively`."""
    is_list = any(item.text.lower() == "respectively" for item in items[position:])
    following = position
    while is_list and following < len(items) and items[following].text.lower() in LIST_JOINTS:
        following += 1
    parsed = _read_number(items, following, []) if position < following < len(items) else None
    return None if parsed is None else parsed[0]


def _is_unknown_unit(item: Item | None) -> bool:
    """Return whether a word behind an amount is not in the lexicon, and so may be its unit."""
    return item is not None and item.kind == "word"


def _is_magnitude(items: Sequence[Item], position: int) -> bool:
    """Return whether an item is a magnitude; single letters are only directly after the number."""
    item = items[position]
    return item.kind == "magnitude" and (
        item.text.lower() not in LETTER_MAGNITUDES or item.start == items[position - 1].end
    )


def _is_symbol_of_next(items: Sequence[Item], position: int) -> bool:
    """Return whether a currency belongs to the number behind it, as the second sign in `$3, $4`."""
    return position + 1 < len(items) and items[position + 1].kind == "number" and not items[position].text.isalpha()


def _take_sign(previous: list[Item], start: int) -> tuple[int, bool, int]:
    """Remove a sign directly before a number from `before`; return sign, whether it is printed, and the new start."""
    if not previous or previous[-1].text not in SIGNS or previous[-1].end != start:
        if previous and previous[-1].text == "minus":
            return -1, True, previous.pop().start
        return 1, False, start
    item = previous[-1]
    if previous[:-1] and previous[-2].end == item.start and previous[-2].text not in {"(", ":"}:
        return 1, False, start
    previous.pop()
    return SIGNS[item.text], True, item.start


def _read_word(items: Sequence[Item], position: int) -> tuple[Quantity, int] | None:
    """Return the growth that a word such as `doubled` stands for."""
    item = items[position]
    if item.kind == "fraction":
        number = Decimal(item.value)
        return Quantity(item.start, item.end, number, "%", FRACTION_TOLERANCE, growth_word=item.text), position + 1
    if item.kind != "multiple":
        return None
    number = Decimal(item.value)
    precision = GROWTH_WORD_TOLERANCE * (100 + number)
    quantity = Quantity(item.start, item.end, number, "%", precision, has_sign=True, growth_word=item.text)
    return quantity, position + 1


def _read_rank(items: Sequence[Item], position: int) -> tuple[Quantity, int] | None:
    """Return the rank of `second-largest`."""
    is_rank = items[position].kind == "ordinal" and position + 1 < len(items) and items[position + 1].kind == "rank"
    if not is_rank:
        return None
    rank = Decimal(items[position].value)
    quantity = Quantity(items[position].start, items[position + 1].end, rank, "rank", Decimal("0.5"))
    return quantity, position + 2


def _read_ratio(items: Sequence[Item], position: int) -> tuple[Quantity, int] | None:
    """Return the growth of `twice as much as a year earlier` and `1.5 times the level of a year before`.

    The multiple of another comparison, `twice as large as exports to Germany`, has the unit `times`.
    """
    multiple, decimals, end_position = _multiple(items, position)
    if multiple is None:
        return None
    start, end, first_end = items[position].start, items[end_position - 1].end, end_position
    word = None if decimals else "times"
    precision = Decimal("0.5").scaleb(-decimals) if decimals else GROWTH_WORD_TOLERANCE * multiple
    while end_position < len(items) and _describes_level(items[end_position]):
        if [each.text.lower() for each in items[end_position : end_position + 3]] in PREVIOUS_YEAR_TEXTS:
            growth = 100 * (multiple - 1)
            quantity = Quantity(start, end, growth, "%", 100 * precision, has_sign=True, growth_word=word)
            return quantity, end_position + 3
        end_position += 1
    if end_position >= len(items) or items[end_position].kind != "comparison" or end_position == first_end:
        return Quantity(start, end, multiple, "times", precision, growth_word=word), first_end
    growth = 100 * (multiple - 1)
    return Quantity(start, end, growth, "%", 100 * precision, has_sign=True, growth_word=word), end_position


def _describes_level(item: Item) -> bool:
    """Return whether an item stands between a multiple and its period: `half the deficit of a year earlier`."""
    return item.text.lower() in RATIO_WORDS or item.kind in {"flow", "balance"}


def _multiple(items: Sequence[Item], position: int) -> tuple[Decimal | None, int, int]:
    """Return the number of `twice`, `three times` or `1.5 times`, its decimals, and the position behind it."""
    item = items[position]
    if item.kind == "ratio":
        return Decimal(item.value), 0, position + 1
    is_number = item.kind in {"number", "cardinal"} and position + 1 < len(items)
    if not is_number or items[position + 1].text.lower() != "times" or len(item.text) > MAX_DIGITS:
        return None, 0, position
    text = item.value if item.kind == "cardinal" else item.text.replace(",", "")
    return Decimal(text), len(text.partition(".")[2]), position + 2


def _read_streak(items: Sequence[Item], position: int) -> tuple[Quantity, int] | None:
    """Return the length of a streak, `second straight month`, `10th month in a row`, `for a second month`."""
    count, end_position = _count_of_months(items, position)
    if count is None:
        return None
    has_streak_word = False
    while end_position < len(items) and items[end_position].kind == "streak":
        has_streak_word, end_position = True, end_position + 1
    if has_streak_word and _is_noun_of_change(items, end_position):
        end = items[end_position - 1].end
        return Quantity(items[position].start, end, Decimal(count), "months", Decimal("0.5")), end_position
    if end_position >= len(items) or items[end_position].kind != "month_word":
        return None
    end, end_position = items[end_position].end, end_position + 1
    is_ordinal = items[position].kind == "ordinal" or _has_ordinal_ending(items, position)
    follows_article = position > 1 and items[position - 1].text in {"a", "the"}
    is_streak = (
        has_streak_word
        or (end_position < len(items) and items[end_position].kind == "streak")
        or (is_ordinal and _states_repetition(items, position, end_position, follows_article=follows_article))
    )
    if not is_streak:
        return None
    return Quantity(items[position].start, end, Decimal(count), "months", Decimal("0.5")), end_position


def _is_noun_of_change(items: Sequence[Item], position: int) -> bool:
    """Return whether a noun of change follows, as in `tenth straight monthly decline` and `second straight gain`."""
    following = [item for item in items[position : position + 2] if item.text.lower() not in {"monthly", "annual"}]
    return bool(following) and following[0].kind in {"direction", "balance"}


def _count_of_months(items: Sequence[Item], position: int) -> tuple[int | None, int]:
    item = items[position]
    if item.kind in {"ordinal", "cardinal"}:
        return int(item.value), position + 1
    if item.kind == "number" and item.text.isdigit() and len(item.text) <= 3:
        return int(item.text), position + (2 if _has_ordinal_ending(items, position) else 1)
    return None, position


def _has_ordinal_ending(items: Sequence[Item], position: int) -> bool:
    return (
        items[position].kind == "number"
        and position + 1 < len(items)
        and items[position + 1].text.lower() in ORDINAL_ENDINGS
        and items[position + 1].start == items[position].end
    )


def _states_repetition(items: Sequence[Item], position: int, end_position: int, *, follows_article: bool) -> bool:
    """Return whether an ordinal month counts repetitions: `for a second month`, `a second month of growth`."""
    if not follows_article:
        return False
    is_repetition = position > 1 and items[position - 2].text == "for"
    is_growth = (
        end_position + 1 < len(items)
        and items[end_position].text == "of"
        and items[end_position + 1].kind == "direction"
    )
    return is_repetition or is_growth


def _add_qualifier(quantity: Quantity, previous: list[Item]) -> Quantity:
    """Return the quantity with the qualifier directly before it, removed from `before`."""
    if not previous or previous[-1].kind != "qualifier":
        return quantity
    return replace(quantity, qualifier=previous.pop().value)
