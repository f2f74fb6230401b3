"""Compares the rows of a response with those of the model, and says where they differ."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

HALF_OF_LAST_DIGIT = Fraction(1, 20_000)
Row = dict[str, Any]


def differences(found: list[Row], expected: list[Row], key: tuple[str, ...]) -> list[str]:
    """Return one line for each difference: rows that are missing or too many, and columns with other values."""
    found_rows, expected_rows = _by_key(found, key), _by_key(expected, key)
    lines = [f"missing row {each}" for each in expected_rows.keys() - found_rows.keys()]
    lines += [f"unexpected row {each}" for each in found_rows.keys() - expected_rows.keys()]
    for each in sorted(found_rows.keys() & expected_rows.keys(), key=str):
        for name, value in expected_rows[each].items():
            if name in found_rows[each] and not is_equal(found_rows[each][name], value):
                shown = float(value) if isinstance(value, Fraction) else value
                lines.append(f"{each} {name}: found {found_rows[each][name]!r}, expected {shown!r}")
    return lines


def _by_key(rows: list[Row], key: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    named = {tuple(_plain_code(row[name]) for name in key): row for row in rows}
    assert len(named) == len(rows), "two rows have one key"
    return named


def _plain_code(code: Any) -> Any:
    return code.rpartition(":")[2] if isinstance(code, str) else code


def is_equal(found: Any, expected: Any) -> bool:
    """Return whether a value is the expected one; a ratio may be rounded either way where a double cannot tell."""
    if expected is None or found is None:
        return found is expected
    if isinstance(expected, Decimal):
        return abs(Decimal(str(found)) - expected) <= abs(expected) * Decimal("1e-12")
    if isinstance(expected, (Fraction, float)):
        exact = Fraction(expected)
        return abs(Fraction(str(found)) - exact) <= HALF_OF_LAST_DIGIT + abs(exact) / 10**11
    if isinstance(expected, list):
        return [_plain_code(each) for each in found] == expected
    return _plain_code(found) == expected
