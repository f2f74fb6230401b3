"""Figures beside what they are compared with: their base, the period before, the world, the total."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import FromClause, Label, cast, literal_column, null, select

from service.analytics.figures.source import COLUMNS, Figures
from service.analytics.measures.growth import in_units
from service.analytics.measures.growth_columns import growth_columns
from service.analytics.scope import Scope
from service.analytics.sql.keyset_pagination import Order, direction_of
from service.analytics.sql.types import Expression, Needs, Rows, type_of
from service.analytics.tables.base_joins import elements_of, found_beside, joined, tables_of


def compared(
    cells: FromClause,
    scope: Scope,
    figures: Figures,
    *,
    keep: Sequence[str] = (),
    needs: Needs = lambda _column: True,
    in_order: Sequence[Order] = (),
    in_stretches: bool = False,
) -> Rows:
    """Select `cells`, a table with the columns of Figures, with growth, share and contribution.

    `keep` names further columns of `cells` to go along, `needs` tells which of those that are added are needed, and
    `in_order` by what columns of `cells` these are in order already, which is then kept. `in_stretches` tells that
    `cells` is a common table of many figures, all that there are between the first commodity and the last of a partner.
    Each base is looked up in the whole store by calendar period: the periods asked for do not limit it.
    """
    found, joins = found_beside(cells, scope, figures, in_stretches=in_stretches)
    own: dict[str, Expression] = {name: cells.c[name] for name in (*COLUMNS, "members", *keep) if name != "value"}
    own |= {"reported": cells.c.value, "months": found["months"]}
    looked_up = {name: column for name, column in found.items() if name not in own}
    used = _names_of(_growth(select(*_labelled(own | looked_up)).subquery(), scope, needs))
    needed = {name: column if name in used else cast(null(), type_of(column)) for name, column in looked_up.items()}
    beside = joined(select(*_labelled(own | needed)), cells, joins, used=tables_of(needed.values()))
    order = (direction_of(cells.c[one.column], one) for one in in_order)
    # Without an offset what is looked up would be computed anew wherever it is used: a dozen times for each row.
    row = beside.order_by(*order).offset(literal_column("0")).subquery()
    shown = [row.c[name] for name in own if name != "reported"]
    return select(*shown, in_units(row.c.reported, scope.unit).label("value"), *_growth(row, scope, needs))


def _growth(row: FromClause, scope: Scope, needs: Needs) -> list[Label[Any]]:
    return [column for column in growth_columns(row, scope) if needs(column.name)]


def _labelled(columns: Mapping[str, Expression]) -> list[Label[Any]]:
    return [column.label(name) for name, column in columns.items()]


def _names_of(columns: Sequence[Expression]) -> Collection[str]:
    """Return the names of the columns that any of the columns is made of."""
    return {element.name for element in elements_of(columns)}
