"""Figures beside what they are compared with: their base, the period before, the world, the total."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import FromClause, Label, cast, literal_column, null, select

from service.analytics.figures.source import OBSERVATION_COLUMNS, Figures
from service.analytics.measures.growth import currency_amount
from service.analytics.measures.growth_columns import growth_columns
from service.analytics.scope import QueryScope
from service.analytics.sql.keyset_pagination import Order, sort_expression
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression, sql_type
from service.analytics.tables.base_joins import (
    apply_joins,
    base_columns_and_joins,
    referenced_columns,
    referenced_tables,
)


def figures_with_growth(
    cells: FromClause,
    scope: QueryScope,
    figures: Figures,
    *,
    extra_columns: Sequence[str] = (),
    is_needed: ColumnFilter = lambda _column: True,
    existing_order: Sequence[Order] = (),
    use_range_scan: bool = False,
) -> Query:
    """Select `cells`, a table with the columns of Figures, with growth, share and contribution.

    `keep` names further columns of `cells` to go along, `needs` tells which of those that are added are needed, and
    `in_order` by what columns of `cells` these are in order already, which is then kept. `in_stretches` tells that
    `cells` is a common table of many figures, all that there are between the first commodity and the last of a partner.
    Each base is looked up in the whole store by calendar period: the periods asked for do not limit it.
    """
    found, joins = base_columns_and_joins(cells, scope, figures, use_range_scan=use_range_scan)
    own: dict[str, SqlExpression] = {
        name: cells.c[name] for name in (*OBSERVATION_COLUMNS, "members", *extra_columns) if name != "value"
    }
    own |= {"reported": cells.c.value, "months": found["months"]}
    looked_up = {name: column for name, column in found.items() if name not in own}
    used = _referenced_names(
        _needed_growth_columns(select(*_label_columns(own | looked_up)).subquery(), scope, is_needed)
    )
    needed = {name: column if name in used else cast(null(), sql_type(column)) for name, column in looked_up.items()}
    beside = apply_joins(
        select(*_label_columns(own | needed)), cells, joins, used_tables=referenced_tables(needed.values())
    )
    order = (sort_expression(cells.c[one.column], one) for one in existing_order)
    # Without an offset what is looked up would be computed anew wherever it is used: a dozen times for each row.
    row = beside.order_by(*order).offset(literal_column("0")).subquery()
    shown = [row.c[name] for name in own if name != "reported"]
    return select(
        *shown,
        currency_amount(row.c.reported, scope.unit_multiplier).label("value"),
        *_needed_growth_columns(row, scope, is_needed),
    )


def _needed_growth_columns(row: FromClause, scope: QueryScope, is_needed: ColumnFilter) -> list[Label[Any]]:
    return [column for column in growth_columns(row, scope) if is_needed(column.name)]


def _label_columns(columns: Mapping[str, SqlExpression]) -> list[Label[Any]]:
    return [column.label(name) for name, column in columns.items()]


def _referenced_names(columns: Sequence[SqlExpression]) -> Collection[str]:
    """Return the names of the columns that any of the columns is made of."""
    return {element.name for element in referenced_columns(columns)}
