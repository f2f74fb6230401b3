"""Ranks by value, and the concentration of the figures that are ranked together."""

from collections.abc import Sequence

from sqlalchemy import Double, FromClause, and_, case, cast, func, not_, select

from service.analytics.figures.edition_conditions import is_series_break
from service.analytics.measures.growth_columns import UNCONVERTED_COLUMN
from service.analytics.measures.observation_status import is_whole
from service.analytics.scope import QueryScope
from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

RANKING_KEY_COLUMNS = ("flow", "partner_id", "commodity_id", "period")
RANK_COLUMNS = ("rank", "rank_base", "hhi", "hhi_status", "hhi_counted")
"""Columns that `query_with_ranks` adds."""


def rank_query(
    cell: FromClause,
    *,
    total: FromClause,
    total_condition: SqlExpression,
    partition_by: Sequence[SqlExpression],
    conditions: Sequence[SqlExpression],
) -> FromClause:
    """Return a CTE of ranked figures: key columns, `rank`, `hhi`, `hhi_status` and `hhi_counted`.

    Rank 1 is the largest value; equal values share the better rank. Figures that agree in all of `partition_by` are
    ranked together. `hhi` is the Herfindahl-Hirschman index of these figures, from 0 to 1, and `hhi_counted` their
    number. Figures without a value, and those that do not meet `conditions`, are not ranked. `total` is a table of
    totals, joined to `cell` by `total_condition`: `hhi` is null, with the status `incomplete_breakdown`, where the
    ranked figures do not add up to the total.
    """
    partition = list(partition_by)
    rank = func.rank().over(partition_by=partition, order_by=cell.c.value.desc())
    sum_of_values = func.sum(cell.c.value).over(partition_by=partition)
    share = cast(cell.c.value, Double) / func.nullif(sum_of_values, 0)
    ranked_count = func.count().over(partition_by=partition)
    figures = (
        select(
            *(cell.c[column] for column in RANKING_KEY_COLUMNS),
            rank.label("rank"),
            share.label("share"),
            ranked_count.label("hhi_counted"),
            _covers_total(cell, total, partition).label("covers_total"),
            *(column.label(f"partition_{n}") for n, column in enumerate(partition)),
        )
        .select_from(cell.outerjoin(total, total_condition))
        .where(cell.c.value.is_not(None), *conditions)
    )
    row = figures.subquery("share_of_all")
    hhi = func.sum(row.c.share * row.c.share).over(
        partition_by=[row.c[f"partition_{n}"] for n in range(len(partition))]
    )
    return select(
        row,
        case((row.c.covers_total, rounded_decimal(hhi))).label("hhi"),
        case((row.c.covers_total, "ok"), else_="incomplete_breakdown").label("hhi_status"),
    ).cte("ranking")


def _covers_total(cell: FromClause, total: FromClause, partition: list[SqlExpression]) -> SqlExpression:
    """Return whether the figures of a partition add up to the total, but for the rounding of published values.

    Each published value, the total included, is rounded by half a stored unit at most. Converted values are compared in
    the currency of the source. Sums of which a part is unknown cover nothing.
    """
    name = UNCONVERTED_COLUMN if UNCONVERTED_COLUMN in cell.c else "value"
    sum_of_values = func.sum(cell.c[name]).over(partition_by=partition)
    value_count = func.count().over(partition_by=partition) + 1
    are_whole = func.bool_and(is_whole(cell.c.obs_status)).over(partition_by=partition)
    is_covered = 2 * func.abs(total.c[name] - sum_of_values) <= value_count
    return func.coalesce(and_(is_covered, are_whole, is_whole(total.c.obs_status)), False)


def query_with_ranks(query: Query, ranking: FromClause, scope: QueryScope) -> Query:
    """Select the rows of `query` with `rank`, `rank_base` (a year earlier), `hhi`, `hhi_status` and `hhi_counted`.

    `ranking` is the CTE of `rank_query`. All five are null where the figure has no value. `rank_base` is also null
    where the edition changed, so that the commodity cannot be compared with that of a year earlier.
    """
    row, current, base = query.subquery("unranked"), ranking.alias("current_rank"), ranking.alias("base_rank")
    rank_base: SqlExpression = base.c.rank
    if scope.editions is not None:
        rank_base = case((not_(is_series_break(row, scope, months_back=MONTHS_PER_YEAR)), base.c.rank))
    ranks: list[SqlExpression] = [current.c.rank, rank_base.label("rank_base")]
    ranks += [current.c[name] for name in ("hhi", "hhi_status", "hhi_counted")]
    return select(row, *ranks).select_from(
        row.outerjoin(current, _matches_rank(current, row, months_back=0)).outerjoin(
            base, _matches_rank(base, row, months_back=MONTHS_PER_YEAR)
        )
    )


def _matches_rank(ranking: FromClause, row: FromClause, *, months_back: int) -> SqlExpression:
    same_series = [ranking.c[column] == row.c[column] for column in RANKING_KEY_COLUMNS if column != "period"]
    return and_(*same_series, ranking.c.period == row.c.period - months_back)
