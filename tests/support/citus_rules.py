"""The rules of docs/how-to/citus.md for statements that Citus distributes, checked by a parser.

A statement that restricts all distributed tables to the same dataset runs on one worker, with all features of
PostgreSQL. A statement on several datasets combines the results of several workers, which supports less.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

DISTRIBUTION_COLUMN = "dataset_id"
DISTRIBUTED_TABLES = frozenset(
    {
        "observation",
        "observation_history",
        "release",
        "release_file",
        "release_period",
        "release_series",
        "release_unmapped",
    }
)
UNSUPPORTED_CLAUSES = {
    exp.GroupingSets: "GROUPING SETS",
    exp.Rollup: "ROLLUP",
    exp.Cube: "CUBE",
    exp.Lateral: "LATERAL",
    exp.Lock: "a row lock",
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_SAVEPOINT = re.compile(r"(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) \w+")


def citus_violations(statement: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return descriptions of the parts of a statement with these parameters that Citus does not support."""
    if _SAVEPOINT.fullmatch(statement):
        return []
    statement_text = _PLACEHOLDER.sub(lambda found: _literal(parameters[found[1]]), statement).replace("%%", "%")
    tree = sqlglot.parse_one(statement_text, read="postgres")
    found = [name for kind, name in UNSUPPORTED_CLAUSES.items() if tree.find(kind)]
    if any(clause.args.get("recursive") for clause in tree.find_all(exp.With)):
        found.append("a recursive query")
    blocks = [SelectStatement(select) for select in tree.find_all(exp.Select)]
    dataset_keys = {key for block in blocks for key in block.dataset_keys}
    if len(dataset_keys) == 1 and None not in dataset_keys:
        return found
    return found + [fault for block in blocks for fault in block.violations()]


class SelectStatement:
    """A SELECT: its distributed tables, their datasets, and their joins."""

    def __init__(self, select: exp.Select) -> None:
        self._select = select
        self.tables = {
            table.alias_or_name: table.name for table in _read_tables(select) if table.name in DISTRIBUTED_TABLES
        }
        self._joined_tables = {name: {name} for name in self.tables}
        self._dataset_by_table: dict[str, str] = {}
        for condition in _required_conditions(select):
            self._read_condition(condition)
        for join in select.args.get("joins") or []:
            if DISTRIBUTION_COLUMN in [name.name for name in join.args.get("using") or []]:
                self._join_tables(*self.tables)

    @property
    def dataset_keys(self) -> set[str | None]:
        """Return the datasets of the distributed tables; null stands for a table without a condition on its dataset."""
        return {
            next(
                (self._dataset_by_table[name] for name in self._joined_tables[table] if name in self._dataset_by_table),
                None,
            )
            for table in self.tables
        }

    def violations(self) -> Iterator[str]:
        """Yield descriptions of the parts that Citus cannot combine from the results of several workers."""
        if self.tables and len({frozenset(names) for names in self._joined_tables.values()}) > 1:
            yield f"{', '.join(sorted(self.tables))} are joined without {DISTRIBUTION_COLUMN}"
        if self.tables and self._is_correlated():
            yield f"a correlated subquery on {', '.join(sorted(self.tables))}"

    def _read_condition(self, condition: exp.Expression) -> None:
        if not isinstance(condition, exp.EQ):
            return
        left, right = _dataset_key_table(condition.left, self.tables), _dataset_key_table(condition.right, self.tables)
        if left and right:
            self._join_tables(left, right)
        elif (name := left or right) is not None:
            other = condition.right if left else condition.left
            if not other.find(exp.Column, exp.Select):
                self._dataset_by_table[name] = other.sql(dialect="postgres")

    def _join_tables(self, *names: str) -> None:
        together = set().union(*(self._joined_tables[name] for name in names)) if names else set()
        for name in together:
            self._joined_tables[name] = together

    def _is_correlated(self) -> bool:
        own = {source.alias_or_name for source in _read_tables(self._select)}
        outer = self._select.parent_select
        around = {source.alias_or_name for source in _read_tables(outer)} if outer is not None else set()
        return any(column.table in around - own for column in self._select.find_all(exp.Column))


def _read_tables(select: exp.Select) -> list[exp.Expression]:
    """Return the tables and subqueries in the FROM clause of a SELECT."""
    begin = select.args.get("from_") or select.args.get("from")
    return [part.this for part in ([begin] if begin else []) + list(select.args.get("joins") or [])]


def _required_conditions(select: exp.Select) -> Iterator[exp.Expression]:
    """Yield the conditions of a SELECT that are combined by AND."""
    where = select.args.get("where")
    join_conditions = [join.args.get("on") for join in select.args.get("joins") or []]
    for whole in ([where.this] if where else []) + [
        condition for condition in join_conditions if condition is not None
    ]:
        yield from (part.unnest() for part in (whole.flatten() if isinstance(whole, exp.And) else [whole]))


def _dataset_key_table(expression: exp.Expression, tables: Mapping[str, str]) -> str | None:
    column = expression.unnest()
    if isinstance(column, exp.Cast):
        column = column.this
    if isinstance(column, exp.Column) and column.name == DISTRIBUTION_COLUMN and column.table in tables:
        return column.table
    return None


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(map(_literal, value))}]"
    text = str(value).replace("'", "''")
    return f"'{text}'"
