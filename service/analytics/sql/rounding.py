"""Rounding in SQL: doubles to 4 decimals, half-even (see domain/rounding.py)."""

from sqlalchemy import Double, cast, func

from service.analytics.sql.types import SqlExpression
from service.domain.rounding import RATIO_DECIMALS

DECIMAL_SCALE = float(10**RATIO_DECIMALS)
"""Number of the smallest units that a rounded ratio is counted in: ten thousandths of one."""


def rounded_decimal(number: SqlExpression) -> SqlExpression:
    """Return a number as a double with 4 decimals; null for null."""
    return unscaled_decimal(cast(number, Double) * DECIMAL_SCALE)


def unscaled_decimal(ten_thousandths: SqlExpression) -> SqlExpression:
    """Return `ten_thousandths` divided by 10,000, as a double; `ten_thousandths` is first rounded to a whole number.

    PostgreSQL rounds doubles half-even to whole numbers. Adding zero turns -0.0 into 0.0.
    """
    return func.round(ten_thousandths, type_=Double) / DECIMAL_SCALE + 0.0
