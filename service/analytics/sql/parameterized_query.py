"""Parameterized queries: a statement is compiled once for each shape of a request and executed with other values.

The shape is everything that the text of the statement depends on. The other parts of a scope and a page are named
parameters.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Date, Integer, Numeric, SmallInteger, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NullType, TypeEngine

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.analytics.sql.keyset_pagination import Page, number_type

_SMALLINT_ARRAY = ARRAY(SmallInteger)
_ARRAY_FIELDS: Mapping[str, TypeEngine[Any]] = {
    "flows": _SMALLINT_ARRAY,
    "partners": _SMALLINT_ARRAY,
    "individual_areas": _SMALLINT_ARRAY,
    "groups": _SMALLINT_ARRAY,
    "commodities": ARRAY(Integer),
    "unreported_commodities": ARRAY(Integer),
}
"""Fields of a scope that are one array parameter each, with the types of the parameters."""
_read_arrays = attrgetter(*_ARRAY_FIELDS)


def _parameter(name: str, sql_type: TypeEngine[Any] | type[TypeEngine[Any]]) -> Any:
    """Return a bind parameter of that name."""
    return bindparam(name, type_=sql_type, unique=False, required=True)


@dataclass(frozen=True)
class _ParameterScope(QueryScope):
    """A scope whose fields are bind parameters. `has_single_series` says that each holds a single key."""

    has_single_series: bool = False

    @property
    def is_single_series(self) -> bool:
        return self.has_single_series

    @property
    def month_count_array(self) -> Any:
        parameter = _parameter("month_counts", ARRAY(SmallInteger, dimensions=2))
        return parameter if self.vintage_array is None else self.vintage_array

    @property
    def vintage_month_counts(self) -> tuple[str, ...]:
        counts: tuple[str, ...] = _parameter("vintage_month_counts", ARRAY(Text))
        return counts

    @property
    def republished_periods(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return _parameter("republished_flows", _SMALLINT_ARRAY), _parameter("republished_periods", _SMALLINT_ARRAY)

    @property
    def published_span(self) -> tuple[int, int]:
        return _parameter("first_published_period", Integer), _parameter("last_published_period", Integer)

    @property
    def growth_span(self) -> tuple[int, int]:
        return _parameter("first_growth_period", Integer), _parameter("last_growth_period", Integer)

    @property
    def published_periods(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _parameter("published_periods", _SMALLINT_ARRAY)
        return periods

    @property
    def published_periods_and_bases(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _parameter("published_periods_and_bases", _SMALLINT_ARRAY)
        return periods

    @property
    def has_groups(self) -> bool:
        return isinstance(self.groups, BindParameter)

    @property
    def has_unreported_commodities(self) -> bool:
        return isinstance(self.unreported_commodities, BindParameter)


@dataclass(frozen=True)
class _ParameterConversion(Conversion):
    """A conversion whose rates are bind parameters."""

    @property
    def rate_periods(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _parameter("rate_periods", _SMALLINT_ARRAY)
        return periods

    @property
    def rate_values(self) -> tuple[Decimal, ...]:
        values: tuple[Decimal, ...] = _parameter("rate_values", ARRAY(Numeric))
        return values


def query_shape(scope: QueryScope, page: Page) -> Hashable:
    """Return everything that the text of a statement depends on, as a hashable key."""
    return (
        (
            scope.dataset_id,
            scope.classification_id,
            scope.exhaustive,
            scope.unit_multiplier,
            scope.period_months,
            scope.source_period_months,
            scope.fiscal_year_offset,
            scope.period_offset,
        ),
        (scope.world_id, scope.total_id, scope.levels, len(scope.period_ranges)),
        tuple(map(bool, _read_arrays(scope))),
        (
            scope.commodities is None,
            scope.as_of is None,
            scope.composition is None,
            scope.conversion and scope.conversion.fixed_rate is None,
            scope.is_single_series,
            bool(scope.vintage_days),
        ),
        tuple((len(keys.ranges), bool(keys.keys)) for keys in _key_sets(scope)),
        (page.orders, page.limit is None, page.columns),
        None
        if page.cursor_values is None
        else tuple((value is None, number_type(value)) for value in page.cursor_values),
    )


def parameterize(scope: QueryScope, page: Page) -> tuple[QueryScope, Page]:
    """Return the scope and the page with bind parameters in place of all values that the shape does not contain.

    ASSUMPTION: the scope does not have several editions, whose values are too many for parameters.
    """
    assert scope.is_parameterizable
    parameters = {name: _parameter(name, kind) for name, kind in _ARRAY_FIELDS.items() if getattr(scope, name)}
    commodity_keys, *level_keys = (_key_set_parameters(f"keys_{n}", keys) for n, keys in enumerate(_key_sets(scope)))
    parameters |= {
        "period_ranges": _range_parameters("periods", scope.period_ranges, SmallInteger),
        "commodity_keys": commodity_keys,
        "level_keys": tuple(level_keys),
        "as_of": None if scope.as_of is None else _parameter("as_of", Date),
        "composition": None if scope.composition is None else _parameter("composition", Date),
        "vintage_days": scope.vintage_days and _parameter("vintage_days", ARRAY(Date)),
        "conversion": scope.conversion and _parameterize_conversion(scope.conversion),
        "has_single_series": scope.is_single_series,
    }
    cursor_values = page.cursor_values and tuple(
        None if value is None else _parameter(f"cursor_{n}", number_type(value) or NullType)
        for n, value in enumerate(page.cursor_values)
    )
    limit = None if page.limit is None else _parameter("limit", Integer)
    return _ParameterScope(**vars(scope) | parameters), replace(page, cursor_values=cursor_values, limit=limit)


def _parameterize_conversion(conversion: Conversion) -> Conversion:
    fixed_rate = None if conversion.fixed_rate is None else _parameter("fixed_rate", Numeric)
    return _ParameterConversion(conversion.currency, conversion.basis, fixed_rate=fixed_rate)


def parameter_reader(name: str) -> Callable[[QueryScope, Page], str]:
    """Return the function that reads the value of a named parameter from a scope and a page, as text for PostgreSQL.

    A name such as `cursor_0` has, after the underscore, the position of the sort column, of the range or of the key
    set.
    """
    if name in _ARRAY_FIELDS:
        return lambda scope, _page: format_array(getattr(scope, name))
    if name in _PARAMETER_READERS:
        return _PARAMETER_READERS[name]
    part, *numbers = name.split("_")
    positions = [int(number) for number in numbers]
    if part == "cursor":
        return lambda _scope, page: str(page.cursor_values[positions[0]])  # type: ignore[index] # not null in a shape with a cursor
    if part == "periods":
        return lambda scope, _page: str(scope.period_ranges[positions[0]][positions[1]])
    if len(positions) == 1:
        return lambda scope, _page: format_array(_key_sets(scope)[positions[0]].keys)
    return lambda scope, _page: str(_key_sets(scope)[positions[0]].ranges[positions[1]][positions[2]])


@lru_cache(maxsize=100)  # an array of all commodities takes 100 KB
def format_array(values: tuple[int | Decimal | date | str, ...]) -> str:
    """Return numbers, days or quoted texts as the text of a PostgreSQL array."""
    return f"{{{','.join(map(str, values))}}}"


def _conversion(scope: QueryScope) -> Conversion:
    assert scope.conversion is not None, "the shape has a conversion"
    return scope.conversion


_PARAMETER_READERS: Mapping[str, Callable[[QueryScope, Page], str]] = {
    "as_of": lambda scope, _page: str(scope.as_of),
    "composition": lambda scope, _page: str(scope.composition),
    "fixed_rate": lambda scope, _page: str(_conversion(scope).fixed_rate),
    "rate_periods": lambda scope, _page: format_array(_conversion(scope).rate_periods),
    "rate_values": lambda scope, _page: format_array(_conversion(scope).rate_values),
    "vintage_days": lambda scope, _page: format_array(scope.vintage_days),
    "vintage_month_counts": lambda scope, _page: format_array(
        tuple(f'"{each}"' for each in scope.vintage_month_counts)
    ),
    "republished_flows": lambda scope, _page: format_array(scope.republished_periods[0]),
    "republished_periods": lambda scope, _page: format_array(scope.republished_periods[1]),
    "limit": lambda _scope, page: str(page.limit),
    "month_counts": lambda scope, _page: scope.published_months.array_literal,
    "first_published_period": lambda scope, _page: str(scope.published_span[0]),
    "last_published_period": lambda scope, _page: str(scope.published_span[1]),
    "first_growth_period": lambda scope, _page: str(scope.growth_span[0]),
    "last_growth_period": lambda scope, _page: str(scope.growth_span[1]),
    "published_periods": lambda scope, _page: format_array(scope.published_periods),
    "published_periods_and_bases": lambda scope, _page: format_array(scope.published_periods_and_bases),
}


def _key_sets(scope: QueryScope) -> tuple[KeySet, ...]:
    return (scope.commodity_keys, *scope.level_keys)


def _key_set_parameters(name: str, keys: KeySet) -> KeySet:
    if keys.ranges:
        return KeySet(ranges=_range_parameters(name, keys.ranges, Integer))
    return KeySet(keys=_parameter(name, ARRAY(Integer)) if keys.keys else ())


def _range_parameters(
    name: str, ranges: tuple[tuple[int, int], ...], item_type: type[TypeEngine[int]]
) -> tuple[tuple[int, int], ...]:
    return tuple(
        (_parameter(f"{name}_{n}_0", item_type), _parameter(f"{name}_{n}_1", item_type)) for n in range(len(ranges))
    )
