"""Keys of the partners or commodities for which a dataset has figures."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Integer, SmallInteger, and_, exists, func, or_, select, union

from service.analytics.sql.key_conditions import array_parameter, dataset_id_literal, matches_any_key, matches_dataset
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
    """Select those of `keys` for which a dataset has a figure.

    `keys` are values of the column `column_name`, `partner_id` or `commodity_id`. `conditions` has, by column, the keys
    that the figure must have in other columns. `months` are inclusive ranges in which the first month of the figure
    must lie; empty for any month. If `as_of` is null, only current figures count, else also those that later releases
    replaced.
    """
    key = func.unnest(array_parameter(keys, KEY_TYPES[column_name])).column_valued("requested_key")
    tables = (Observation,) if as_of is None else (Observation, ObservationHistory)
    return select(key).where(
        or_(*(_has_figure(table, dataset_id, column_name, key, conditions, flows, months) for table in tables))
    )


def reported_pairs(
    dataset_ids: Sequence[int],
    *,
    column_name: str,
    keys: Sequence[int],
    conditions: Mapping[str, Sequence[int]],
    as_of: date | None,
    flows: Collection[int],
    months: Sequence[tuple[int, int]],
) -> Query:
    """Select dataset_id and key, for several datasets: those of `keys` for which the dataset has a figure.

    The parameters are those of `reported_keys`.
    """
    tables = (Observation,) if as_of is None else (Observation, ObservationHistory)
    ids = [dataset_id_literal(key) for key in dataset_ids]
    pairs = [
        select(table.dataset_id, getattr(table, column_name).label("key")).where(
            table.dataset_id.in_(ids),
            matches_any_key(getattr(table, column_name), keys),
            *_figure_conditions(table, conditions, flows, months),
        )
        for table in tables
    ]
    return pairs[0].distinct() if len(pairs) == 1 else select(union(*pairs).subquery("reported_pair"))


def _has_figure(
    table: type[Observation] | type[ObservationHistory],
    dataset_id: int,
    column_name: str,
    key: SqlExpression,
    conditions: Mapping[str, Sequence[int]],
    flows: Collection[int],
    months: Sequence[tuple[int, int]],
) -> ColumnElement[bool]:
    return exists().where(
        matches_dataset(table, dataset_id),
        getattr(table, column_name) == key,
        *_figure_conditions(table, conditions, flows, months),
    )


def _figure_conditions(
    table: type[Observation] | type[ObservationHistory],
    conditions: Mapping[str, Sequence[int]],
    flows: Collection[int],
    months: Sequence[tuple[int, int]],
) -> list[SqlExpression]:
    ranges = [and_(table.period >= first, table.period <= last) for first, last in months]
    return [
        table.flow.in_(flows),  # the index of superseded figures begins with the flow
        *(matches_any_key(getattr(table, name), values) for name, values in conditions.items()),
        *([or_(*ranges)] if ranges else []),
    ]
