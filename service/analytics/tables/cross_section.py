"""Cross section: figures of any keys with growth, share and contribution."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import FromClause, Label, cast, literal_column, null, select

from service.analytics.figures.source import MEMBER_COLUMNS, OBSERVATION_COLUMNS, Figures
from service.analytics.measures.growth import currency_amount
from service.analytics.measures.growth_columns import COVERAGE_COLUMN, UNCONVERTED_COLUMN, growth_columns
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
    """Select the figures in `cells`, a table with the columns of Figures, with growth, share and contribution.

    `extra_columns` are further columns of `cells` to select. `is_needed` returns whether a computed column is needed.
    `existing_order` is the order that `cells` have, which the selected rows keep. `use_range_scan` requires that
    `cells` is a CTE with all figures of each partner from its first commodity to its last. The figure a year earlier,
    which growth is computed from, need not be of a requested period.
    """
    comparison_columns, joins = base_columns_and_joins(cells, scope, figures, use_range_scan=use_range_scan)
    optional_columns = [name for name in (COVERAGE_COLUMN, UNCONVERTED_COLUMN) if name in cells.c]
    cell_columns: dict[str, SqlExpression] = {
        name: cells.c[name]
        for name in (*OBSERVATION_COLUMNS, *MEMBER_COLUMNS, *extra_columns, *optional_columns)
        if name != "value"
    }
    cell_columns |= {"reported": cells.c.value, "months": comparison_columns["months"]}
    lookup_columns = {name: column for name, column in comparison_columns.items() if name not in cell_columns}
    used_names = _referenced_names(
        _needed_growth_columns(select(*_label_columns(cell_columns | lookup_columns)).subquery(), scope, is_needed)
    )
    used_columns = {
        name: column if name in used_names else cast(null(), sql_type(column))
        for name, column in lookup_columns.items()
    }
    comparison = apply_joins(
        select(*_label_columns(cell_columns | used_columns)),
        cells,
        joins,
        used_tables=referenced_tables(used_columns.values()),
    )
    order = (sort_expression(cells.c[sort.column], sort) for sort in existing_order)
    # OFFSET 0 keeps PostgreSQL from computing each expression again wherever it is used, a dozen times for each row.
    row = comparison.order_by(*order).offset(literal_column("0")).subquery()
    unchanged = [row.c[name] for name in cell_columns if name != "reported"]
    return select(
        *unchanged,
        currency_amount(row.c.reported, scope.unit_multiplier).label("value"),
        *_needed_growth_columns(row, scope, is_needed),
    )


def _needed_growth_columns(row: FromClause, scope: QueryScope, is_needed: ColumnFilter) -> list[Label[Any]]:
    return [column for column in growth_columns(row, scope) if is_needed(column.name)]


def _label_columns(columns: Mapping[str, SqlExpression]) -> list[Label[Any]]:
    return [column.label(name) for name, column in columns.items()]


def _referenced_names(columns: Sequence[SqlExpression]) -> Collection[str]:
    """Return the names of the columns that appear in any of the expressions."""
    return {element.name for element in referenced_columns(columns)}
