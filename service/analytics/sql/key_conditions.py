"""SQL conditions on keys, with few distinct statement texts, so that PostgreSQL reuses the plans of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, SmallInteger, any_, bindparam, false, literal, literal_column, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.types import TypeEngine

from service.analytics.sql.types import SqlExpression, sql_type
from service.models import Observation, ObservationHistory

MAX_RANGES = 3
"""Most ranges that a statement holds; a set with more ranges is sent as a list of keys."""


@dataclass(frozen=True)
class KeySet:
    """A set of keys: as inclusive ranges where these are few, so that an index is scanned by range, else as a list."""

    ranges: tuple[tuple[int, int], ...] = ()
    keys: tuple[int, ...] = ()

    @property
    def is_single_key(self) -> bool:
        """Return whether the set holds a single key."""
        return len(self.keys) == 1 or (len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1])


def key_set(keys: Collection[int], *, all_keys: Iterable[int]) -> KeySet:
    """Return `keys` as a set of ranges if few ranges suffice, else as a set of single keys.

    `all_keys` are all existing keys in ascending order: a range contains none of them that is not in `keys`.
    """
    selected_keys, ranges, open_range = set(keys), list[tuple[int, int]](), False
    for key in all_keys:
        if key in selected_keys:
            first = ranges.pop()[0] if open_range else key
            ranges.append((first, key))
        open_range = key in selected_keys
    return KeySet(ranges=tuple(ranges)) if len(ranges) <= MAX_RANGES else KeySet(keys=tuple(sorted(selected_keys)))


def matches_key_set(column: SqlExpression, keys: KeySet) -> SqlExpression:
    """Return the SQL condition that `column` is in a set of keys."""
    if keys.ranges:
        return or_(*(column.between(first, last) for first, last in keys.ranges))
    return matches_any_key(column, keys.keys)


def matches_any_key_set(column: SqlExpression, key_sets: Iterable[KeySet]) -> SqlExpression:
    """Return the SQL condition that `column` is in any of several sets of keys."""
    return or_(false(), *(matches_key_set(column, keys) for keys in key_sets))


def matches_any_key(column: SqlExpression, keys: Sequence[int]) -> SqlExpression:
    """Return the SQL condition that `column` is one of `keys`, which are one array parameter, however many they are."""
    return column == any_(array_parameter(keys, sql_type(column)))


def single_key(keys: Sequence[int] | KeySet, item_type: type[TypeEngine[int]]) -> SqlExpression:
    """Return the only key in `keys` as an SQL expression. Both `keys` and the key in it can be bind parameters."""
    if isinstance(keys, KeySet):
        return single_key(keys.ranges[0] if keys.ranges else keys.keys, item_type)
    return Grouping(keys)[1] if isinstance(keys, BindParameter) else _key_expression(keys[0], item_type)


def _key_expression(key: int, item_type: type[TypeEngine[int]]) -> SqlExpression:
    return key if isinstance(key, BindParameter) else literal(key, item_type)


def array_parameter(
    keys: Sequence[Any], item_type: TypeEngine[Any] | type[TypeEngine[Any]], *, dimensions: int = 1
) -> ColumnElement[Any]:
    """Return `keys` as an array parameter; keys that are a parameter or a column already are returned unchanged."""
    if isinstance(keys, ColumnElement):
        return keys
    rows = [list(row) for row in keys] if dimensions > 1 else list(keys)
    return bindparam(None, rows, type_=ARRAY(item_type, dimensions=dimensions), unique=True)


def matches_dataset(table: type[Observation] | type[ObservationHistory], dataset_id: int) -> SqlExpression:
    """Return the SQL condition that a row of `table` belongs to a dataset."""
    return table.dataset_id == dataset_id_literal(dataset_id)


def dataset_id_literal(dataset_id: int) -> SqlExpression:
    """Return the key of a dataset as a literal in the SQL text.

    If it were a parameter, a generic plan would consider the partitions of all datasets.
    """
    return literal_column(f"{dataset_id:d}", SmallInteger)
