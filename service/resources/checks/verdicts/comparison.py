"""The comparison of a printed number with a figure: rounding, qualifiers, truncation and distance."""

from decimal import ROUND_DOWN, Decimal

from service.resources.checks.claims import Quantity, Reading

MAX_OFF_PCT = Decimal(1)
"""Distance in percent of the figure up to which a number is off rather than contradicted."""
USUAL_REVISION_PCT = Decimal("0.3")
"""Usual revision of a provisional amount in percent: imports of Japan move by 0.26% on average, exports by less."""
LOOSE_SHARE = Decimal("0.025")
"""Half-width of the range of `about` for a number that ends in zeros, as a share of it."""
ROUGH_SHARE = Decimal("0.75")
"""Half-width of the range of `about` for another number, in units of its last digit."""
BALANCE_SIGNS = {"deficit": -1, "surplus": 1}


def printed_number(quantity: Quantity, reading: Reading) -> Decimal:
    """Return the printed number, converted so that it can be compared with the official figure.

    The magnitude word is multiplied out (5 million becomes 5,000,000), and a decline or a deficit becomes negative.
    """
    number = quantity.number * quantity.scale
    if reading.measure == "balance":
        return number * BALANCE_SIGNS.get(reading.flow.partition(":")[2], 1)
    return number * reading.sign


def agrees(quantity: Quantity, printed: Decimal, figure: Decimal) -> bool:
    """Return whether an official figure rounds to the printed number, or satisfies its qualifier, such as `about`.

    `printed` is the result of `printed_number`.
    """
    precision = quantity.precision * quantity.scale
    size, printed_size = abs(figure), abs(printed)
    if figure * printed < 0 and printed_size > precision:
        return False
    if quantity.qualifier is None or (quantity.growth_word and quantity.qualifier == "about"):
        return abs(figure - printed) <= precision
    is_loose = _ends_in_zeros(quantity)
    unit = max(2 * precision, printed_size * LOOSE_SHARE) if is_loose else 2 * precision
    is_fraction = quantity.growth_word and quantity.unit == "%" and not quantity.has_sign
    if is_fraction and quantity.qualifier in {"above", "under"}:
        unit *= 2
    return {
        "about": abs(size - printed_size) <= (unit if is_loose else unit * ROUGH_SHARE),
        "below": 0 <= printed_size - size <= unit,
        "above": 0 <= size - printed_size <= unit,
        "under": 0 <= printed_size - size <= unit,
    }[quantity.qualifier]


def satisfies_bound(quantity: Quantity, printed: Decimal, figure: Decimal) -> bool:
    """Return whether a figure lies on the side of the number that its qualifier states, at whatever distance.

    Exports of 130 billion are `more than 100 billion`, though no text would say so.
    """
    size, printed_size = abs(figure), abs(printed)
    exceeds = quantity.qualifier == "above" and size >= printed_size
    falls_short = quantity.qualifier == "under" and size <= printed_size
    return figure * printed >= 0 and (exceeds or falls_short)


def is_truncated(quantity: Quantity, printed: Decimal, figure: Decimal) -> bool:
    """Return whether the printed number is the figure with its further digits cut off."""
    step = 2 * quantity.precision * quantity.scale
    return not quantity.growth_word and (figure / step).to_integral_value(ROUND_DOWN) * step == printed


def is_close(quantity: Quantity, printed: Decimal, figure: Decimal) -> bool:
    """Return whether a printed number has the sign of a figure and nearly its size.

    The distance is at most one unit of the last printed digit, or 1% of the figure.
    """
    if figure * printed < 0:
        return False
    distance = abs(figure - printed)
    return distance <= 2 * quantity.precision * quantity.scale or distance <= abs(figure) * MAX_OFF_PCT / 100


def is_usual_revision(quantity: Quantity, printed: Decimal, figure: Decimal) -> bool:
    """Return whether a printed number differs from a figure by no more than a usual revision of provisional figures."""
    distance = abs(figure - printed)
    if quantity.unit == "currency":
        return distance <= abs(figure) * USUAL_REVISION_PCT / 100
    return not quantity.growth_word and distance <= 2 * quantity.precision


def _ends_in_zeros(quantity: Quantity) -> bool:
    return quantity.number == quantity.number.to_integral_value() and quantity.number % 10 == 0
