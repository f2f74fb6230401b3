"""Conditions on keys."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, SmallInteger, any_, bindparam, false, literal, literal_column, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.types import TypeEngine

from service.analytics.sql.types import Expression, type_of
from service.models import Observation, ObservationHistory

MOST_RANGES = 3
"""How many ranges are told apart in a statement; keys in more of them are sent one by one."""


@dataclass(frozen=True)
class KeySet:
    """Keys as inclusive ranges where these are few, so that an index is read in as few stretches, else one by one."""

    ranges: tuple[tuple[int, int], ...] = ()
    keys: tuple[int, ...] = ()

    @property
    def is_one_key(self) -> bool:
        """Return whether it is of a single key."""
        return len(self.keys) == 1 or (len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1])


def key_set(keys: Collection[int], *, among: Iterable[int]) -> KeySet:
    """Return `keys` as a set; a range is one without any other key of `among`, which is in order."""
    wanted, ranges, open_range = set(keys), list[tuple[int, int]](), False
    for key in among:
        if key in wanted:
            first = ranges.pop()[0] if open_range else key
            ranges.append((first, key))
        open_range = key in wanted
    return KeySet(ranges=tuple(ranges)) if len(ranges) <= MOST_RANGES else KeySet(keys=tuple(sorted(wanted)))


def in_set(column: Expression, keys: KeySet) -> Expression:
    """Return whether `column` is one of a set of keys."""
    if keys.ranges:
        return or_(*(column.between(first, last) for first, last in keys.ranges))
    return one_of(column, keys.keys)


def in_any(column: Expression, sets: Iterable[KeySet]) -> Expression:
    """Return whether `column` is one of any of the sets of keys."""
    return or_(false(), *(in_set(column, keys) for keys in sets))


def one_of(column: Expression, keys: Sequence[int]) -> Expression:
    """Return whether `column` is one of `keys`: one parameter, however many they are, so that plans are reused."""
    return column == any_(array_of(keys, type_of(column)))


def only_one(keys: Sequence[int] | KeySet, item: type[TypeEngine[int]]) -> Expression:
    """Return the one key that there is in `keys`, or in the parameter that stands for them."""
    if isinstance(keys, KeySet):
        return only_one(keys.ranges[0] if keys.ranges else keys.keys, item)
    return Grouping(keys)[1] if isinstance(keys, BindParameter) else _value(keys[0], item)


def _value(key: int, item: type[TypeEngine[int]]) -> Expression:
    return key if isinstance(key, BindParameter) else literal(key, item)


def array_of(
    keys: Sequence[Any], item: TypeEngine[int] | type[TypeEngine[int]], *, dimensions: int = 1
) -> BindParameter[Any]:
    """Return `keys` as an array: one parameter, or the one that stands for them already."""
    if isinstance(keys, BindParameter):
        return keys
    rows = [list(row) for row in keys] if dimensions > 1 else list(keys)
    return bindparam(None, rows, type_=ARRAY(item, dimensions=dimensions), unique=True)


def of_dataset(table: type[Observation] | type[ObservationHistory], dataset_id: int) -> Expression:
    """Return whether a figure of `table` is one of the dataset."""
    return table.dataset_id == dataset_key(dataset_id)


def dataset_key(dataset_id: int) -> Expression:
    """Return the key of a dataset, written out, not sent as a parameter.

    The planner then looks at the dataset's own partition alone, in plans that are kept as in others.
    """
    return literal_column(f"{dataset_id:d}", SmallInteger)
