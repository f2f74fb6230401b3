"""The query for the newest totals of all datasets, as one SQL statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    FromClause,
    Integer,
    SmallInteger,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from service.analytics.measures.growth import growth_pct, growth_status
from service.analytics.sql.key_conditions import array_parameter
from service.analytics.sql.types import Query, SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import Observation, ObservationHistory

FIGURE_COLUMNS = ("dataset_id", "period", "flow", "partner_id", "commodity_id", "value", "obs_status")


@dataclass(frozen=True)
class NewestPeriod:
    """The newest published period of a dataset.

    `total_id` is the primary key of the commodity that is the total of all commodities. `unit_multiplier` is the factor
    from stored units to units of the currency. `has_base` says, by flow, whether the period a year earlier was
    published. `exhaustive` says that a missing figure of a published period means 0.
    """

    dataset_id: int
    total_id: int
    period: int
    unit_multiplier: int
    exhaustive: bool
    has_base: dict[int, bool]


def newest_totals(periods: Sequence[NewestPeriod], *, world_id: int, as_of: date | None) -> Query:
    """Select dataset_id, flow, value, yoy_pct and yoy_status: total trade with the World in the newest period."""
    newest = _newest_table(periods)
    current, base = (_figures(as_of, world_id).subquery(name) for name in ("current", "base"))
    base_value = case(
        (and_(base.c.obs_status.is_(None), newest.c.exhaustive, newest.c.has_base), 0), else_=base.c.value
    )
    has_base = case((newest.c.exhaustive, newest.c.has_base), else_=base.c.obs_status.is_not(None))
    status = growth_status(
        current.c.value,
        base=base_value,
        obs_status=current.c.obs_status,
        base_obs_status=base.c.obs_status,
        is_complete=literal(True),
        is_base_complete=case((has_base, True), else_=cast(null(), Boolean)),
    )
    return select(
        newest.c.dataset_id,
        newest.c.flow,
        (current.c.value * newest.c.unit_multiplier).label("value"),
        growth_pct(current.c.value, base=base_value, status=status).label("yoy_pct"),
        status.label("yoy_status"),
    ).select_from(
        newest.join(current, _matches(current, newest, period=newest.c.period)).outerjoin(
            base, _matches(base, current, period=current.c.period - MONTHS_PER_YEAR)
        )
    )


def _newest_table(periods: Sequence[NewestPeriod]) -> FromClause:
    """Return a row for each dataset and flow."""
    columns: dict[str, tuple[list[Any], TypeEngine[Any]]] = {
        "dataset_id": ([each.dataset_id for each in periods for _ in each.has_base], SmallInteger()),
        "commodity_id": ([each.total_id for each in periods for _ in each.has_base], Integer()),
        "period": ([each.period for each in periods for _ in each.has_base], SmallInteger()),
        "unit_multiplier": ([each.unit_multiplier for each in periods for _ in each.has_base], BigInteger()),
        "exhaustive": ([each.exhaustive for each in periods for _ in each.has_base], Boolean()),
        "flow": ([flow for each in periods for flow in each.has_base], SmallInteger()),
        "has_base": ([is_there for each in periods for is_there in each.has_base.values()], Boolean()),
    }
    arrays = (cast(array_parameter(keys, sql_type), ARRAY(sql_type)) for keys, sql_type in columns.values())
    return func.unnest(*arrays).table_valued(*columns).render_derived(name="newest")


def _figures(as_of: date | None, world_id: int) -> Query:
    """Select the figures of the World in all datasets, as of a day or today."""
    if as_of is None:
        return select(*(getattr(Observation, name) for name in FIGURE_COLUMNS)).where(
            Observation.partner_id == world_id
        )
    current = select(*(getattr(Observation, name) for name in FIGURE_COLUMNS)).where(
        Observation.partner_id == world_id, Observation.known_from <= as_of
    )
    superseded = select(*(getattr(ObservationHistory, name) for name in FIGURE_COLUMNS)).where(
        ObservationHistory.partner_id == world_id,
        ObservationHistory.known_from <= as_of,
        or_(ObservationHistory.known_until.is_(None), ObservationHistory.known_until > as_of),
    )
    return select(union_all(current, superseded).subquery("vintage"))


def _matches(figure: FromClause, other: FromClause, *, period: SqlExpression) -> SqlExpression:
    keys = ("dataset_id", "flow", "commodity_id")
    return and_(figure.c.period == period, *(figure.c[name] == other.c[name] for name in keys))
