"""Unit values, and growth of a value as an effect of its unit value and of its quantity."""

from typing import Any

from sqlalchemy import Double, FromClause, Label, Numeric, and_, case, cast, func

from service.analytics.measures.growth import PERCENT, currency_amount
from service.analytics.measures.growth_columns import BASE_PREFIX, base_figure, has_growth, period_figure
from service.analytics.measures.observation_status import exact_value
from service.analytics.scope import QueryScope
from service.analytics.sql.rounding import DECIMAL_SCALE, unscaled_decimal
from service.analytics.sql.types import SqlExpression

QUANTITY_COLUMNS = ("quantity", "quantity_unit")
UNIT_VALUE_COLUMNS = (
    "unit_value",
    "unit_value_yoy_pct",
    "quantity_yoy_pct",
    "unit_value_effect_pp",
    "quantity_effect_pp",
    "interaction_pp",
)
UNIT_VALUE_DECIMALS = 10


def unit_value_columns(row: FromClause, scope: QueryScope) -> list[Label[Any]]:
    """Return UNIT_VALUE_COLUMNS: the unit value, its growth, and the effects of unit value and quantity on growth.

    `row` has QUANTITY_COLUMNS of the period and, with the prefix of the base, of a year earlier. Growth is null unless
    `yoy_status` is `ok`, and both quantities are above zero and have the same unit. With quantity q, unit value u and
    value v, a year earlier (0) and now (1), the growth of the value is the sum of the effect of the unit value, 100 q0
    (u1 - u0) / v0, the effect of the quantity, 100 u0 (q1 - q0) / v0, and the effect of both together, 100 (u1 - u0)
    (q1 - q0) / v0.
    """
    current, base = period_figure(row, scope), base_figure(row, scope)
    quantity, base_quantity = row.c.quantity, row.c[f"{BASE_PREFIX}quantity"]
    quantity_growth = _factor(quantity, base=base_quantity) - 1.0
    unit_value_growth = _factor(current.value, base=base.value) / _factor(quantity, base=base_quantity) - 1.0
    growth = {
        "unit_value_yoy_pct": unit_value_growth,
        "quantity_yoy_pct": quantity_growth,
        "unit_value_effect_pp": unit_value_growth,
        "quantity_effect_pp": quantity_growth,
        "interaction_pp": unit_value_growth * quantity_growth,
    }
    has_one_unit = row.c.quantity_unit == row.c[f"{BASE_PREFIX}quantity_unit"]
    # A value without an exchange rate is null, although its quantity is known.
    has_value = current.value.is_not(None)
    is_comparable = and_(has_value, has_growth(current, base=base), has_one_unit, quantity > 0, base_quantity > 0)
    value = currency_amount(exact_value(current.value, current.obs_status), scope.unit_multiplier)
    return [
        _unit_value(value, quantity).label("unit_value"),
        *(case((is_comparable, _percentage(each))).label(name) for name, each in growth.items()),
    ]


def _unit_value(value: SqlExpression, quantity: SqlExpression) -> SqlExpression:
    """Return value / quantity with at most UNIT_VALUE_DECIMALS decimals; null unless the quantity is above zero."""
    exact = cast(value, Numeric) / quantity
    return case((quantity > 0, func.trim_scale(func.round(exact, UNIT_VALUE_DECIMALS), type_=Numeric)))


def _factor(amount: SqlExpression, *, base: SqlExpression) -> SqlExpression:
    return cast(amount, Double) / func.nullif(cast(base, Double), 0.0, type_=Double)


def _percentage(growth: SqlExpression) -> SqlExpression:
    return unscaled_decimal(growth * (PERCENT * DECIMAL_SCALE))
