"""The days of a revision table, as a table `change_day` of SQL. A LATERAL join reads the figures as of each day."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Date, FromClause, Text, cast, column, func, literal_column, select

from service.analytics.figures.source import MONTH_COUNT_ARRAY
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import array_parameter


def vintage_scope(scope: QueryScope) -> tuple[QueryScope, FromClause]:
    """Return a scope for queries of the figures as known on each of the vintage days, and the table `change_day`.

    The table has a row for each day. Its columns are `day` and `month_counts`, the numbers of months that were
    published by that day. The scope refers to them, which a LATERAL subquery may do at any depth.
    """
    days, counts = array_parameter(scope.vintage_days, Date), array_parameter(scope.vintage_month_counts, Text)
    columns = column("day", Date), column("counts", Text)
    vintage = func.unnest(days, counts).table_valued(*columns).render_derived(name="vintage_day")
    change_day = select(vintage.c.day, cast(vintage.c.counts, MONTH_COUNT_ARRAY).label("month_counts"))
    day: Any = literal_column("change_day.day", Date)
    month_counts = literal_column("change_day.month_counts", MONTH_COUNT_ARRAY)
    # Without OFFSET 0, PostgreSQL would convert the text to an array again for each figure.
    table = change_day.offset(literal_column("0")).subquery("change_day")
    return replace(scope, as_of=day, vintage_array=month_counts), table
