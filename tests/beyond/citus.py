"""What Citus distributes of statements, read by a parser: the rules of docs/citus.md.

A statement whose every distributed table is held to one dataset, and to the same, runs on one worker, where PostgreSQL
does all that it can. One that speaks of several datasets is put together from what the workers answer, which forbids
more.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

KEY = "dataset_id"
DISTRIBUTED = frozenset({"observation", "observation_history", "release", "release_period", "release_file"})
NEVER = {
    exp.GroupingSets: "GROUPING SETS",
    exp.Rollup: "ROLLUP",
    exp.Cube: "CUBE",
    exp.Lateral: "LATERAL",
    exp.Lock: "a row lock",
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def faults(statement: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return what Citus would refuse in a statement, in words; `parameters` are those that it was sent with."""
    written = _PLACEHOLDER.sub(lambda found: _literal(parameters[found[1]]), statement).replace("%%", "%")
    tree = sqlglot.parse_one(written, read="postgres")
    found = [name for kind, name in NEVER.items() if tree.find(kind)]
    if any(clause.args.get("recursive") for clause in tree.find_all(exp.With)):
        found.append("a recursive query")
    blocks = [Block(select) for select in tree.find_all(exp.Select)]
    held = {key for block in blocks for key in block.keys}
    if len(held) == 1 and None not in held:
        return found
    return found + [fault for block in blocks for fault in block.faults()]


class Block:
    """One SELECT: its distributed tables, which datasets they are held to, and how they are joined."""

    def __init__(self, select: exp.Select) -> None:
        self._select = select
        self.tables = {table.alias_or_name: table.name for table in _sources(select) if table.name in DISTRIBUTED}
        self._together = {name: {name} for name in self.tables}
        self._one: dict[str, str] = {}
        for condition in _conditions(select):
            self._read(condition)
        for join in select.args.get("joins") or []:
            if KEY in [name.name for name in join.args.get("using") or []]:
                self._join(*self.tables)

    @property
    def keys(self) -> set[str | None]:
        """Return the datasets that the distributed tables are held to; among them null for one that is held to none."""
        return {
            next((self._one[name] for name in self._together[table] if name in self._one), None)
            for table in self.tables
        }

    def faults(self) -> Iterator[str]:
        """Yield what cannot be put together from the answers of several workers."""
        if self.tables and len({frozenset(names) for names in self._together.values()}) > 1:
            yield f"{', '.join(sorted(self.tables))} are joined without {KEY}"
        if self.tables and self._is_correlated():
            yield f"a correlated subquery on {', '.join(sorted(self.tables))}"

    def _read(self, condition: exp.Expression) -> None:
        if not isinstance(condition, exp.EQ):
            return
        left, right = _key_of(condition.left, self.tables), _key_of(condition.right, self.tables)
        if left and right:
            self._join(left, right)
        elif (name := left or right) is not None:
            other = condition.right if left else condition.left
            if not other.find(exp.Column, exp.Select):
                self._one[name] = other.sql(dialect="postgres")

    def _join(self, *names: str) -> None:
        together = set().union(*(self._together[name] for name in names)) if names else set()
        for name in together:
            self._together[name] = together

    def _is_correlated(self) -> bool:
        own = {source.alias_or_name for source in _sources(self._select)}
        outer = self._select.parent_select
        around = {source.alias_or_name for source in _sources(outer)} if outer is not None else set()
        return any(column.table in around - own for column in self._select.find_all(exp.Column))


def _sources(select: exp.Select) -> list[exp.Expression]:
    """Return what a SELECT reads directly: tables, and what stands in their place."""
    begin = select.args.get("from_") or select.args.get("from")
    return [part.this for part in ([begin] if begin else []) + list(select.args.get("joins") or [])]


def _conditions(select: exp.Select) -> Iterator[exp.Expression]:
    """Yield the conditions that all have to hold."""
    where = select.args.get("where")
    ons = [join.args.get("on") for join in select.args.get("joins") or []]
    for whole in ([where.this] if where else []) + [on for on in ons if on is not None]:
        yield from (part.unnest() for part in (whole.flatten() if isinstance(whole, exp.And) else [whole]))


def _key_of(expression: exp.Expression, tables: Mapping[str, str]) -> str | None:
    column = expression.unnest()
    if isinstance(column, exp.Cast):
        column = column.this
    if isinstance(column, exp.Column) and column.name == KEY and column.table in tables:
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
