"""Levels of a classification, and partners, for which a dataset has figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, and_, exists, or_, select, union_all
from sqlalchemy.dialects.postgresql import array

from service.analytics.sql.key_conditions import dataset_id_literal, matches_dataset
from service.analytics.sql.types import Query, SqlExpression
from service.domain.flows import FLOWS
from service.models import Commodity, Observation, ObservationHistory


@dataclass(frozen=True)
class DatasetLevels:
    """A dataset, the edition of its classification, and the levels of that edition."""

    dataset_id: int
    classification_id: int
    levels: Sequence[int]


def levels_reported(datasets: Sequence[DatasetLevels], *, world_id: int, as_of: date | None) -> Query:
    """Select dataset_id and level_flags: for each level whether any commodity has a figure with the World.

    `as_of` is the day on which the figures were known; null means today.
    """

    def is_level_reported(dataset: DatasetLevels, level: int) -> SqlExpression:
        commodity_ids = select(Commodity.id).where(
            Commodity.classification_id == dataset.classification_id, Commodity.level == level
        )
        current, superseded = (
            _partner_observations(table, dataset.dataset_id, world_id).where(table.commodity_id.in_(commodity_ids))
            for table in (Observation, ObservationHistory)
        )
        return _is_reported(current, superseded, as_of)

    rows: list[Query] = [
        select(
            dataset_id_literal(dataset.dataset_id).label("dataset_id"),
            array[Any]([is_level_reported(dataset, level) for level in dataset.levels], type_=Boolean).label(
                "level_flags"
            ),
        )
        for dataset in datasets
    ]
    return rows[0] if len(rows) == 1 else select(union_all(*rows).subquery("reported_level"))


def partners_reported(dataset_id: int, partners: Sequence[int], *, as_of: date | None) -> Query:
    """Select one boolean column for each partner: whether the dataset has any figure of it.

    `as_of` is the day on which the figures were known; null means today.
    """

    def is_partner_reported(partner: int) -> SqlExpression:
        current = _partner_observations(Observation, dataset_id, partner)
        return _is_reported(current, _partner_observations(ObservationHistory, dataset_id, partner), as_of)

    return select(*(is_partner_reported(partner).label(f"partner_{partner}") for partner in partners))


def _is_reported(current: Query, superseded: Query, as_of: date | None) -> SqlExpression:
    if as_of is None:
        return exists(current)
    was_current = and_(ObservationHistory.known_from <= as_of, ObservationHistory.known_until > as_of)
    return or_(exists(current.where(Observation.known_from <= as_of)), exists(superseded.where(was_current)))


def _partner_observations(
    table: type[Observation] | type[ObservationHistory], dataset_id: int, partner_id: int
) -> Query:
    return select(table.period).where(
        matches_dataset(table, dataset_id),
        table.flow.in_(FLOWS.values()),  # the index of superseded figures begins with the flow
        table.partner_id == partner_id,
    )
