"""Levels of a classification at which a dataset reports figures."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, or_, select

from service.analytics.sql.key_conditions import matches_dataset
from service.analytics.sql.types import Query, SqlExpression
from service.domain.flows import FLOWS
from service.models import Commodity, Observation, ObservationHistory


def levels_reported(
    dataset_id: int, *, classification_id: int, world_id: int, levels: Sequence[int], as_of: date | None
) -> Query:
    """Select one boolean column for each level: whether any commodity of that level has a figure with the World.

    `as_of` is the day on which the figures were known; null means today.
    """

    def is_level_reported(level: int) -> SqlExpression:
        commodity_ids = select(Commodity.id).where(
            Commodity.classification_id == classification_id, Commodity.level == level
        )
        current = _world_observations(Observation, dataset_id, world_id, commodity_ids)
        if as_of is None:
            return exists(current)
        superseded = _world_observations(ObservationHistory, dataset_id, world_id, commodity_ids).where(
            ObservationHistory.known_from <= as_of, ObservationHistory.known_until > as_of
        )
        return or_(exists(current.where(Observation.known_from <= as_of)), exists(superseded))

    return select(*(is_level_reported(level).label(f"level_{level}") for level in levels))


def _world_observations(
    table: type[Observation] | type[ObservationHistory], dataset_id: int, world_id: int, commodity_ids: Query
) -> Query:
    return select(table.period).where(
        matches_dataset(table, dataset_id),
        table.flow.in_(FLOWS.values()),  # the index of superseded figures begins with the flow
        table.partner_id == world_id,
        table.commodity_id.in_(commodity_ids),
    )
