"""Ranks by value, and the concentration of the figures that are ranked together."""

from collections.abc import Sequence

from sqlalchemy import Double, FromClause, and_, cast, func, select

from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

RANKING_KEY_COLUMNS = ("flow", "partner_id", "commodity_id", "period")
RANK_COLUMNS = ("rank", "rank_base", "hhi", "hhi_counted")
"""Columns that `query_with_ranks` adds."""


def rank_query(
    cell: FromClause,
    *,
    source: FromClause | None = None,
    partition_by: Sequence[SqlExpression],
    conditions: Sequence[SqlExpression],
) -> FromClause:
    """Return a CTE of ranked figures: key columns, `rank`, `hhi` and `hhi_counted`.

    Rank 1 is the largest value; equal values share the better rank. Rows that agree in all of `partition_by` are ranked
    together. `hhi` is their Herfindahl-Hirschman index, 0 to 1, and `hhi_counted` their number. Figures without a value
    are not ranked. `source` is `cell` joined to the tables that `partition_by` needs; null means `cell` alone.
    """
    partition = list(partition_by)
    rank = func.rank().over(partition_by=partition, order_by=cell.c.value.desc())
    share = cast(cell.c.value, Double) / func.nullif(func.sum(cell.c.value).over(partition_by=partition), 0)
    key = [cell.c[column] for column in RANKING_KEY_COLUMNS]
    ranked_count = func.count().over(partition_by=partition)
    columns = *key, rank.label("rank"), share.label("share"), ranked_count.label("hhi_counted")
    figures = select(*columns, *(column.label(f"partition_{n}") for n, column in enumerate(partition)))
    shares = figures.where(cell.c.value.is_not(None), *conditions).select_from(cell if source is None else source)
    row = shares.subquery("share_of_all")
    hhi = func.sum(row.c.share * row.c.share).over(
        partition_by=[row.c[f"partition_{n}"] for n in range(len(partition))]
    )
    return select(row, rounded_decimal(hhi).label("hhi")).cte("ranking")


def query_with_ranks(query: Query, ranking: FromClause) -> Query:
    """Select the rows of `query` with `rank`, `rank_base` (a year before), `hhi` and `hhi_counted`.

    All are null where the figure has no value.
    """
    row, current, base = query.subquery("unranked"), ranking.alias("current_rank"), ranking.alias("base_rank")
    return select(
        row, current.c.rank, base.c.rank.label("rank_base"), current.c.hhi, current.c.hhi_counted
    ).select_from(
        row.outerjoin(current, _matches_rank(current, row, months_back=0)).outerjoin(
            base, _matches_rank(base, row, months_back=MONTHS_PER_YEAR)
        )
    )


def _matches_rank(ranking: FromClause, row: FromClause, *, months_back: int) -> SqlExpression:
    same_series = [ranking.c[column] == row.c[column] for column in RANKING_KEY_COLUMNS if column != "period"]
    return and_(*same_series, ranking.c.period == row.c.period - months_back)
