"""How deep into a classification a dataset goes."""

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
    """Select for each of the levels whether there is any figure of a good of it with the World, on a day or today."""

    def is_level_reported(level: int) -> SqlExpression:
        goods = select(Commodity.id).where(Commodity.classification_id == classification_id, Commodity.level == level)
        current = _world_observations(Observation, dataset_id, world_id, goods)
        if as_of is None:
            return exists(current)
        superseded = _world_observations(ObservationHistory, dataset_id, world_id, goods).where(
            ObservationHistory.known_from <= as_of, ObservationHistory.known_until > as_of
        )
        return or_(exists(current.where(Observation.known_from <= as_of)), exists(superseded))

    return select(*(is_level_reported(level).label(f"level_{level}") for level in levels))


def _world_observations(
    table: type[Observation] | type[ObservationHistory], dataset_id: int, world_id: int, commodity_ids: Query
) -> Query:
    return select(table.period).where(
        matches_dataset(table, dataset_id),
        table.flow.in_(FLOWS.values()),  # named for the sake of the index of what is superseded
        table.partner_id == world_id,
        table.commodity_id.in_(commodity_ids),
    )
