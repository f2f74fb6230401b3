"""Places by value among those that are ranked together."""

from collections.abc import Sequence

from sqlalchemy import FromClause, and_, func, select

from service.analytics.expressions import Expression, Rows
from service.analytics.scope import YEAR

KEY = ("flow", "partner_id", "commodity_id", "period")


def ranks(
    cell: FromClause,
    *,
    beside: FromClause | None = None,
    among: Sequence[Expression],
    where: Sequence[Expression],
) -> FromClause:
    """Return the key columns of `cell` and `place`, 1 for the largest value, equal values sharing the better place.

    Rows that agree in all of `among` are ranked together; a missing value has no place. `beside` is `cell`
    joined to what `among` needs more.
    """
    place = func.rank().over(partition_by=list(among), order_by=cell.c.value.desc())
    key = [cell.c[column] for column in KEY]
    places = select(*key, place.label("place")).where(cell.c.value.is_not(None), *where)
    return places.select_from(cell if beside is None else beside).cte("ranking")


def ranked(rows: Rows, ranking: FromClause) -> Rows:
    """Select `rows` with `rank` and `rank_base`, the places now and a year before; null where there was none."""
    row, now, then = rows.subquery("unranked"), ranking.alias("now"), ranking.alias("then")
    return select(row, now.c.place.label("rank"), then.c.place.label("rank_base")).select_from(
        row.outerjoin(now, _same(now, row, months_back=0)).outerjoin(then, _same(then, row, months_back=YEAR))
    )


def _same(place: FromClause, row: FromClause, *, months_back: int) -> Expression:
    same = [place.c[column] == row.c[column] for column in KEY if column != "period"]
    return and_(*same, place.c.period == row.c.period - months_back)
