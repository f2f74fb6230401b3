"""Rows of a query, as the database returned them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from service.domain.data_state import DataState


@dataclass(frozen=True)
class QueryResult:
    """Rows of a query: the names of its columns, and the values of each row in that order.

    All rows are of one state of the data, `data_state`.
    """

    column_names: Sequence[str]
    rows: Sequence[Sequence[Any]]
    data_state: DataState

    def limit(self, max_rows: int | None) -> "QueryResult":
        """Return the first rows, at most `max_rows` of them; null means all."""
        return self if max_rows is None else replace(self, rows=self.rows[:max_rows])

    def row_mapping(self, index: int) -> Mapping[str, Any]:
        """Return one row as a mapping from column to value."""
        return dict(zip(self.column_names, self.rows[index], strict=True))

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Return the values of each column by its name; nothing where there are no rows."""
        return dict(zip(self.column_names, zip(*self.rows, strict=True), strict=True)) if self.rows else {}

    def mappings(self) -> list[Mapping[str, Any]]:
        """Return each row as a mapping from column to value."""
        return [dict(zip(self.column_names, row, strict=True)) for row in self.rows]
