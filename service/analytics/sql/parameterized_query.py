"""Questions of one shape: a query is built once with parameters in the place of their values, and asked with any.

What a query depends on in its form is its shape; whatever else is asked for has a name, and is sent beside it. The
parts of a scope that are neither raise an error where a query is built from them.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Date, Integer, SmallInteger, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NullType, TypeEngine

from service.analytics.figures.publication_calendar import PublishedMonths
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.analytics.sql.keyset_pagination import Page

_SMALLINT_ARRAY = ARRAY(SmallInteger)
_ARRAY_FIELDS: Mapping[str, TypeEngine[Any]] = {
    "flows": _SMALLINT_ARRAY,
    "partners": _SMALLINT_ARRAY,
    "individual_areas": _SMALLINT_ARRAY,
    "groups": _SMALLINT_ARRAY,
    "commodities": ARRAY(Integer),
    "unreported_commodities": ARRAY(Integer),
}
"""Parts of a scope that are sent as they are."""


def _parameter(name: str, sql_type: TypeEngine[Any] | type[TypeEngine[Any]]) -> Any:
    """Return the parameter of that name, in the place of a value."""
    return bindparam(name, type_=sql_type, unique=False, required=True)


@dataclass(frozen=True)
class _ParameterScope(QueryScope):
    """A scope whose parts are parameters; `of_one_series` tells that each of them stands for a single key."""

    has_single_series: bool = False

    @property
    def is_single_series(self) -> bool:
        return self.has_single_series

    @property
    def published_months(self) -> PublishedMonths:
        return PublishedMonths(
            flow_offset=_parameter("before_first_flow", SmallInteger),
            month_offset=_parameter("before_first_month", SmallInteger),
            counts=_parameter("months_published", ARRAY(SmallInteger, dimensions=2)),
        )

    @property
    def published_span(self) -> tuple[int, int]:
        return _parameter("first_published", Integer), _parameter("last_published", Integer)

    @property
    def growth_span(self) -> tuple[int, int]:
        return _parameter("first_of_windows", Integer), _parameter("last_of_windows", Integer)

    @property
    def published_periods(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _parameter("each_period", _SMALLINT_ARRAY)
        return periods

    @property
    def published_periods_and_bases(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _parameter("each_period_and_base", _SMALLINT_ARRAY)
        return periods

    @property
    def has_groups(self) -> bool:
        return isinstance(self.groups, BindParameter)

    @property
    def has_unreported_commodities(self) -> bool:
        return isinstance(self.unreported_commodities, BindParameter)


def query_shape(scope: QueryScope, page: Page) -> Hashable:
    """Return what a query depends on in its form; questions of one shape differ in their parameters alone."""
    return (
        (
            scope.dataset_id,
            scope.classification_id,
            scope.exhaustive,
            scope.unit_multiplier,
            scope.period_months,
            scope.source_period_months,
        ),
        (scope.world_id, scope.total_id, scope.levels, len(scope.period_ranges)),
        tuple(bool(getattr(scope, name)) for name in _ARRAY_FIELDS),
        (scope.commodities is None, scope.as_of is None, scope.conversion is None, scope.is_single_series),
        tuple((len(keys.ranges), bool(keys.keys)) for keys in _key_sets(scope)),
        (page.orders, page.limit is None, page.columns),
        None if page.cursor_values is None else tuple(value is None for value in page.cursor_values),
    )


def parameterize(scope: QueryScope, page: Page) -> tuple[QueryScope, Page]:
    """Return the scope and the page with parameters in the place of all that is not of their shape.

    ASSUMPTION: there is no conversion; its rates are many.
    """
    assert scope.conversion is None
    named = {name: _parameter(name, kind) for name, kind in _ARRAY_FIELDS.items() if getattr(scope, name)}
    goods, *peers = (_key_set_parameters(f"goods_{n}", keys) for n, keys in enumerate(_key_sets(scope)))
    named |= {
        "period_ranges": _range_parameters("periods", scope.period_ranges, SmallInteger),
        "commodity_keys": goods,
        "level_keys": tuple(peers),
        "as_of": None if scope.as_of is None else _parameter("as_of", Date),
        "has_single_series": scope.is_single_series,
    }
    after = page.cursor_values and tuple(
        None if value is None else _parameter(f"after_{n}", NullType) for n, value in enumerate(page.cursor_values)
    )
    limit = None if page.limit is None else _parameter("limit", Integer)
    return _ParameterScope(**vars(scope) | named), replace(page, cursor_values=after, limit=limit)


def parameter_reader(name: str) -> Callable[[QueryScope, Page], str]:
    """Return what gives the value of the parameter of that name, as PostgreSQL reads it."""
    if name in _ARRAY_FIELDS:
        return lambda scope, _page: format_array(getattr(scope, name))
    if name in _PARAMETER_READERS:
        return _PARAMETER_READERS[name]
    part, *numbers = name.split("_")
    at = [int(number) for number in numbers]
    if part == "after":
        return lambda _scope, page: str(page.cursor_values[at[0]])  # type: ignore[index] # there is one in this shape
    if part == "periods":
        return lambda scope, _page: str(scope.period_ranges[at[0]][at[1]])
    if len(at) == 1:
        return lambda scope, _page: format_array(_key_sets(scope)[at[0]].keys)
    return lambda scope, _page: str(_key_sets(scope)[at[0]].ranges[at[1]][at[2]])


@lru_cache(maxsize=1000)
def format_array(keys: tuple[int, ...]) -> str:
    """Return keys as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, keys))}}}"


_PARAMETER_READERS: Mapping[str, Callable[[QueryScope, Page], str]] = {
    "as_of": lambda scope, _page: str(scope.as_of),
    "limit": lambda _scope, page: str(page.limit),
    "before_first_flow": lambda scope, _page: str(scope.published_months.flow_offset),
    "before_first_month": lambda scope, _page: str(scope.published_months.month_offset),
    "months_published": lambda scope, _page: scope.published_months.array_literal,
    "first_published": lambda scope, _page: str(scope.published_span[0]),
    "last_published": lambda scope, _page: str(scope.published_span[1]),
    "first_of_windows": lambda scope, _page: str(scope.growth_span[0]),
    "last_of_windows": lambda scope, _page: str(scope.growth_span[1]),
    "each_period": lambda scope, _page: format_array(scope.published_periods),
    "each_period_and_base": lambda scope, _page: format_array(scope.published_periods_and_bases),
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
