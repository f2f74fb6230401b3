"""Stored figures of several editions, with the commodity keys of one edition."""

from collections.abc import Callable, Sequence

from sqlalchemy import BigInteger, FromClause, Integer, case, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.edition_conditions import is_in_ranges
from service.analytics.figures.editions import Segment, StitchedEditions
from service.analytics.figures.release_order import latest_release_id, release_order
from service.analytics.measures.observation_status import weakest_status
from service.analytics.sql.types import Query, SqlExpression

FIGURE_KEY = ("flow", "partner_id", "period")
StoredFigures = Callable[[int], Query]
"""Function of the key of a dataset that returns the query for its stored figures."""


def stitched_observations(
    editions: StitchedEditions, stored_figures: StoredFigures, *, months_later: int, exhaustive: bool
) -> Query:
    """Select the figures of each period from the edition that answers the period.

    A figure has the commodities of the edition that answers the period `months_later` months after it. The figures of
    several commodities that became one are added up; where the datasets are not `exhaustive`, only if each of the
    commodities has a figure. `stored_figures` returns the query for the stored figures of the dataset with a key.
    """
    parts = [
        part
        for segment in editions.segments(months_later)
        for part in _segment_figures(segment, stored_figures, exhaustive=exhaustive)
    ]
    return select(union_all(*parts).subquery("stitched"))


def _segment_figures(segment: Segment, stored_figures: StoredFigures, *, exhaustive: bool) -> list[Query]:
    single = [(keys[0], key, 1) for key, keys in segment.summands.items() if len(keys) == 1]
    merged = [(own, key, len(keys)) for key, keys in segment.summands.items() if len(keys) > 1 for own in keys]
    queries = [_renamed_figures(segment, stored_figures, single)]
    return [*queries, _sums(segment, stored_figures, merged, exhaustive=exhaustive)] if merged else queries


def _renamed_figures(segment: Segment, stored_figures: StoredFigures, keys: Sequence[tuple[int, int, int]]) -> Query:
    stored, key = stored_figures(segment.dataset_id).subquery("edition_figure"), _key_table(keys)
    columns: list[SqlExpression] = [
        key.c.key.label("commodity_id") if column.name == "commodity_id" else column for column in stored.c
    ]
    return _matching_figures(select(*columns), segment, stored, key)


def _sums(
    segment: Segment, stored_figures: StoredFigures, keys: Sequence[tuple[int, int, int]], *, exhaustive: bool
) -> Query:
    """Select sums of commodities; null where one of them has no value."""
    stored, key = stored_figures(segment.dataset_id).subquery("edition_figure"), _key_table(keys)
    release = release_order([segment.dataset_id])
    has_one_unit = func.min(stored.c.quantity_unit) == func.max(stored.c.quantity_unit)
    sums = {
        name: case((func.count(stored.c[name]) == func.count(), func.sum(stored.c[name])))
        for name in ("value", "quantity", "net_weight_kg")
    }
    derived: dict[str, SqlExpression] = {
        "commodity_id": key.c.key,
        "value": cast(sums["value"], BigInteger),
        "quantity": case((has_one_unit, sums["quantity"])),
        "quantity_unit": case((has_one_unit, func.min(stored.c.quantity_unit))),
        "net_weight_kg": sums["net_weight_kg"],
        "obs_status": weakest_status(stored.c.obs_status),
        "release_id": latest_release_id(release),
    }
    columns: list[SqlExpression] = [derived.get(column.name, column).label(column.name) for column in stored.c]
    query = (
        _matching_figures(select(*columns), segment, stored, key)
        .outerjoin(release, release.c.id == stored.c.release_id)
        .group_by(key.c.key, *(stored.c[name] for name in FIGURE_KEY))
    )
    return query if exhaustive else query.having(func.count() == func.max(key.c.count))


def _matching_figures(query: Query, segment: Segment, stored: FromClause, key: FromClause) -> Query:
    is_answered = is_in_ranges(stored.c.flow, stored.c.period, segment.ranges)
    return query.select_from(stored.join(key, key.c.own_key == stored.c.commodity_id)).where(is_answered)


def _key_table(keys: Sequence[tuple[int, int, int]]) -> FromClause:
    """Return a table of stored keys (`own_key`), keys of commodities (`key`), and the number of stored keys of each."""
    columns = list(zip(*keys, strict=True)) or [(), (), ()]
    arrays = (cast(list(column), ARRAY(Integer)) for column in columns)
    table = func.unnest(*arrays).table_valued("own_key", "key", "count", joins_implicitly=True)
    named = table.render_derived(name="edition_key")
    names = ("own_key", "key", "count")
    return select(*(cast(named.c[name], Integer).label(name) for name in names)).subquery("edition_key")
