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

from service.analytics.figures.publication_calendar import MonthsPublished
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import KeySet
from service.analytics.sql.keyset_pagination import Page

_MONTHS = ARRAY(SmallInteger)
_ARRAYS: Mapping[str, TypeEngine[Any]] = {
    "flows": _MONTHS,
    "partners": _MONTHS,
    "single_areas": _MONTHS,
    "groups": _MONTHS,
    "commodities": ARRAY(Integer),
    "uncovered": ARRAY(Integer),
}
"""Parts of a scope that are sent as they are."""


def _named(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Any:
    """Return the parameter of that name, in the place of a value."""
    return bindparam(name, type_=kind, unique=False, required=True)


@dataclass(frozen=True)
class _NamedScope(Scope):
    """A scope whose parts are parameters; `of_one_series` tells that each of them stands for a single key."""

    of_one_series: bool = False

    @property
    def is_one_series(self) -> bool:
        return self.of_one_series

    @property
    def months_published(self) -> MonthsPublished:
        return MonthsPublished(
            before_first_flow=_named("before_first_flow", SmallInteger),
            before_first_month=_named("before_first_month", SmallInteger),
            rows=_named("months_published", ARRAY(SmallInteger, dimensions=2)),
        )

    @property
    def span(self) -> tuple[int, int]:
        return _named("first_published", Integer), _named("last_published", Integer)

    @property
    def span_of_windows(self) -> tuple[int, int]:
        return _named("first_of_windows", Integer), _named("last_of_windows", Integer)

    @property
    def each_period(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _named("each_period", _MONTHS)
        return periods

    @property
    def each_period_and_base(self) -> tuple[int, ...]:
        periods: tuple[int, ...] = _named("each_period_and_base", _MONTHS)
        return periods

    @property
    def has_groups(self) -> bool:
        return isinstance(self.groups, BindParameter)

    @property
    def has_uncovered(self) -> bool:
        return isinstance(self.uncovered, BindParameter)


def shape_of(scope: Scope, page: Page) -> Hashable:
    """Return what a query depends on in its form; questions of one shape differ in their parameters alone."""
    return (
        (scope.dataset_id, scope.classification_id, scope.exhaustive, scope.unit, scope.step, scope.source_step),
        (scope.world_id, scope.total_id, scope.levels, len(scope.periods)),
        tuple(bool(getattr(scope, name)) for name in _ARRAYS),
        (scope.commodities is None, scope.as_of is None, scope.conversion is None, scope.is_one_series),
        tuple((len(keys.ranges), bool(keys.keys)) for keys in _key_sets(scope)),
        (page.orders, page.limit is None, page.columns),
        None if page.after is None else tuple(value is None for value in page.after),
    )


def with_parameters(scope: Scope, page: Page) -> tuple[Scope, Page]:
    """Return the scope and the page with parameters in the place of all that is not of their shape.

    ASSUMPTION: there is no conversion; its rates are many.
    """
    assert scope.conversion is None
    named = {name: _named(name, kind) for name, kind in _ARRAYS.items() if getattr(scope, name)}
    goods, *peers = (_named_keys(f"goods_{n}", keys) for n, keys in enumerate(_key_sets(scope)))
    named |= {
        "periods": _named_ranges("periods", scope.periods, SmallInteger),
        "goods": goods,
        "peers": tuple(peers),
        "as_of": None if scope.as_of is None else _named("as_of", Date),
        "of_one_series": scope.is_one_series,
    }
    after = page.after and tuple(
        None if value is None else _named(f"after_{n}", NullType) for n, value in enumerate(page.after)
    )
    limit = None if page.limit is None else _named("limit", Integer)
    return _NamedScope(**vars(scope) | named), replace(page, after=after, limit=limit)


def value_of(name: str) -> Callable[[Scope, Page], str]:
    """Return what gives the value of the parameter of that name, as PostgreSQL reads it."""
    if name in _ARRAYS:
        return lambda scope, _page: array_text(getattr(scope, name))
    if name in _VALUES:
        return _VALUES[name]
    part, *numbers = name.split("_")
    at = [int(number) for number in numbers]
    if part == "after":
        return lambda _scope, page: str(page.after[at[0]])  # type: ignore[index] # there is one in this shape
    if part == "periods":
        return lambda scope, _page: str(scope.periods[at[0]][at[1]])
    if len(at) == 1:
        return lambda scope, _page: array_text(_key_sets(scope)[at[0]].keys)
    return lambda scope, _page: str(_key_sets(scope)[at[0]].ranges[at[1]][at[2]])


@lru_cache(maxsize=1000)
def array_text(keys: tuple[int, ...]) -> str:
    """Return keys as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, keys))}}}"


_VALUES: Mapping[str, Callable[[Scope, Page], str]] = {
    "as_of": lambda scope, _page: str(scope.as_of),
    "limit": lambda _scope, page: str(page.limit),
    "before_first_flow": lambda scope, _page: str(scope.months_published.before_first_flow),
    "before_first_month": lambda scope, _page: str(scope.months_published.before_first_month),
    "months_published": lambda scope, _page: scope.months_published.text,
    "first_published": lambda scope, _page: str(scope.span[0]),
    "last_published": lambda scope, _page: str(scope.span[1]),
    "first_of_windows": lambda scope, _page: str(scope.span_of_windows[0]),
    "last_of_windows": lambda scope, _page: str(scope.span_of_windows[1]),
    "each_period": lambda scope, _page: array_text(scope.each_period),
    "each_period_and_base": lambda scope, _page: array_text(scope.each_period_and_base),
}


def _key_sets(scope: Scope) -> tuple[KeySet, ...]:
    return (scope.goods, *scope.peers)


def _named_keys(name: str, keys: KeySet) -> KeySet:
    if keys.ranges:
        return KeySet(ranges=_named_ranges(name, keys.ranges, Integer))
    return KeySet(keys=_named(name, ARRAY(Integer)) if keys.keys else ())


def _named_ranges(
    name: str, ranges: tuple[tuple[int, int], ...], kind: type[TypeEngine[int]]
) -> tuple[tuple[int, int], ...]:
    return tuple((_named(f"{name}_{n}_0", kind), _named(f"{name}_{n}_1", kind)) for n in range(len(ranges)))
