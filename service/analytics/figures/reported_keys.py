"""Keys of partners or commodities of which a dataset has figures."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Integer, SmallInteger, and_, exists, func, or_, select

from service.analytics.sql.key_conditions import array_parameter, matches_any_key, matches_dataset
from service.analytics.sql.types import Query, SqlExpression
from service.domain.flows import FLOWS
from service.models import Observation, ObservationHistory

KEY_TYPES = {"partner_id": SmallInteger, "commodity_id": Integer}


def reported_keys(
    dataset_id: int,
    *,
    column_name: str,
    keys: Sequence[int],
    conditions: Mapping[str, Sequence[int]],
    as_of: date | None,
    flows: Collection[int] = tuple(FLOWS.values()),
    months: Sequence[tuple[int, int]] = (),
) -> Query:
    """Select those of `keys`, values of `partner_id` or `commodity_id`, that a dataset has a figure of.

    `conditions` are the keys that the figure has in the other column, if they matter, and `months` the inclusive
    ranges of its first month, if they do. With `as_of` also superseded figures count.
    """
    key = func.unnest(array_parameter(keys, KEY_TYPES[column_name])).column_valued("requested_key")
    tables = (Observation,) if as_of is None else (Observation, ObservationHistory)
    return select(key).where(
        or_(*(_has_figure(table, dataset_id, column_name, key, conditions, flows, months) for table in tables))
    )


def _has_figure(
    table: type[Observation] | type[ObservationHistory],
    dataset_id: int,
    column_name: str,
    key: SqlExpression,
    conditions: Mapping[str, Sequence[int]],
    flows: Collection[int],
    months: Sequence[tuple[int, int]],
) -> ColumnElement[bool]:
    ranges = [and_(table.period >= first, table.period <= last) for first, last in months]
    return exists().where(
        matches_dataset(table, dataset_id),
        table.flow.in_(flows),  # the index of superseded figures begins with the flow
        getattr(table, column_name) == key,
        *(matches_any_key(getattr(table, name), values) for name, values in conditions.items()),
        *([or_(*ranges)] if ranges else []),
    )
