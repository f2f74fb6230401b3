"""Places by value among those that are ranked together."""

from collections.abc import Sequence

from sqlalchemy import Double, FromClause, and_, cast, func, select

from service.analytics.sql.rounding import rounded_decimal
from service.analytics.sql.types import Query, SqlExpression
from service.domain.frequencies import MONTHS_PER_YEAR

RANKING_KEY_COLUMNS = ("flow", "partner_id", "commodity_id", "period")
RANK_COLUMNS = ("rank", "rank_base", "hhi", "hhi_counted")
"""What `ranked` adds."""


def rank_query(
    cell: FromClause,
    *,
    source: FromClause | None = None,
    partition_by: Sequence[SqlExpression],
    conditions: Sequence[SqlExpression],
) -> FromClause:
    """Return the key columns of `cell` and `place`, 1 for the largest value, equal values sharing the better place.

    Rows that agree in all of `among` are ranked together, and stand with `hhi`, the Herfindahl-Hirschman index of
    them all, and `hhi_counted`, how many they are; a missing value is not among them. `beside` is `cell` joined to
    what `among` needs more.
    """
    together = list(partition_by)
    place = func.rank().over(partition_by=together, order_by=cell.c.value.desc())
    share = cast(cell.c.value, Double) / func.nullif(func.sum(cell.c.value).over(partition_by=together), 0)
    key = [cell.c[column] for column in RANKING_KEY_COLUMNS]
    counted = func.count().over(partition_by=together)
    columns = *key, place.label("place"), share.label("share"), counted.label("hhi_counted")
    places = select(*columns, *(column.label(f"among_{n}") for n, column in enumerate(together)))
    share_of_all = places.where(cell.c.value.is_not(None), *conditions).select_from(cell if source is None else source)
    row = share_of_all.subquery("share_of_all")
    hhi = func.sum(row.c.share * row.c.share).over(partition_by=[row.c[f"among_{n}"] for n in range(len(together))])
    return select(row, rounded_decimal(hhi).label("hhi")).cte("ranking")


def query_with_ranks(query: Query, ranking: FromClause) -> Query:
    """Select `rows` with `rank` and `rank_base`, the places now and a year before, and the `hhi` of now.

    All are null where there was no value.
    """
    row, now, then = query.subquery("unranked"), ranking.alias("now"), ranking.alias("then")
    return select(
        row, now.c.place.label("rank"), then.c.place.label("rank_base"), now.c.hhi, now.c.hhi_counted
    ).select_from(
        row.outerjoin(now, _matches_rank(now, row, months_back=0)).outerjoin(
            then, _matches_rank(then, row, months_back=MONTHS_PER_YEAR)
        )
    )


def _matches_rank(ranking: FromClause, row: FromClause, *, months_back: int) -> SqlExpression:
    same = [ranking.c[column] == row.c[column] for column in RANKING_KEY_COLUMNS if column != "period"]
    return and_(*same, ranking.c.period == row.c.period - months_back)
