"""The blocks of a statement (SELECT, UPDATE, DELETE): their distributed tables, the datasets of these, their joins."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

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
MAX_LIST_VALUES = 3
_PARTITION = re.compile(r"observation_\d+")
_DISTRIBUTED_NAME = re.compile(rf"\b(?:{_PARTITION.pattern}|{'|'.join(sorted(DISTRIBUTED_TABLES))})\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"%\((?P<name>\w+)\)s|\$(?P<number>\d+)|%s|%%")


def is_distributed(table: str) -> bool:
    """Return whether a table, or the table that it is a partition of, is distributed."""
    return table in DISTRIBUTED_TABLES or _PARTITION.fullmatch(table) is not None


def has_distributed_name(statement: str) -> bool:
    """Return whether the text of a statement contains the name of a distributed table."""
    return _DISTRIBUTED_NAME.search(statement) is not None


def bind_values(statement: str, values: Any) -> str:
    """Return a statement with its values as literals; of a list, the first values.

    No rule depends on the others, and a statement of an edition can have thousands.
    """
    if values is None:
        return statement
    if isinstance(values, Sequence) and values and isinstance(values[0], Mapping):
        values = values[0]
    unnamed_values = iter(values if isinstance(values, Sequence) else ())

    def literal(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if match["name"]:
            return _literal(values[match["name"]])
        if match["number"]:
            index = int(match["number"]) - 1
            return _literal(values[index]) if index < len(values) else match[0]
        return _literal(next(unnamed_values))

    return _PLACEHOLDER.sub(literal, statement)


def select_nodes(nodes: Iterable[exp.Expression], *kinds: type[exp.Expression]) -> list[Any]:
    """Return the nodes of these kinds. A walk over a statement takes long, so that it is made once."""
    return [node for node in nodes if isinstance(node, kinds)]


def statement_blocks(nodes: Iterable[exp.Expression]) -> list["Block"]:
    """Return the blocks of a statement with these nodes; both are in order, the outer ones first."""
    blocks: list[Block] = []
    outer_keys: dict[int, str] = {}
    for node in select_nodes(nodes, exp.Select, exp.Delete, exp.Update):
        block = Block(node, outer_keys.get(id(node)))
        outer_keys |= block.keys_of_subqueries()
        blocks.append(block)
    return blocks


class Block:
    """A SELECT, UPDATE or DELETE: its distributed tables, their datasets, and their joins.

    `outer_key` is the dataset that a condition of the outer query restricts this subquery to; null where none does.
    """

    def __init__(self, node: exp.Expression, outer_key: str | None) -> None:
        self._node, self._outer_key = node, outer_key
        sources = {source.alias_or_name: source for source in _read_tables(node)}
        self.tables = {name: each.name for name, each in sources.items() if is_distributed(each.name)}
        self._subqueries = {name: each for name, each in sources.items() if isinstance(each, exp.Subquery)}
        self._joined_tables = {name: {name} for name in (*self.tables, *self._subqueries)}
        self._dataset_by_table: dict[str, str] = {}
        for condition in _required_conditions(node):
            self._read_condition(condition)
        for join in node.args.get("joins") or []:
            if DISTRIBUTION_COLUMN in [name.name for name in join.args.get("using") or []]:
                self._join_tables(*self.tables)

    @property
    def dataset_keys(self) -> set[str | None]:
        """Return the datasets of the distributed tables; null stands for a table without a condition on its dataset."""
        return {self._dataset_key(table) or self._outer_key for table in self.tables}

    def keys_of_subqueries(self) -> dict[int, str]:
        """Return the dataset that each SELECT in FROM is restricted to from outside, by the id of its node."""
        return {
            id(arm): key
            for name, subquery in self._subqueries.items()
            if (key := self._dataset_key(name) or self._outer_key) is not None
            for arm in _arms(subquery.this)
        }

    def _dataset_key(self, table: str) -> str | None:
        joined = self._joined_tables[table]
        return next((self._dataset_by_table[name] for name in joined if name in self._dataset_by_table), None)

    def violations(self) -> Iterator[str]:
        """Yield descriptions of the parts that Citus cannot combine from the results of several workers."""
        if self.tables and len({frozenset(self._joined_tables[name]) for name in self.tables}) > 1:
            yield f"{', '.join(sorted(self.tables))} are joined without {DISTRIBUTION_COLUMN}"
        if self.tables and self._is_correlated():
            yield f"a correlated subquery on {', '.join(sorted(self.tables))}"

    def _read_condition(self, condition: exp.Expression) -> None:
        if not isinstance(condition, exp.EQ):
            return
        left, right = self._table_of_dataset_key(condition.left), self._table_of_dataset_key(condition.right)
        if left and right:
            self._join_tables(left, right)
        elif (name := left or right) is not None:
            other = condition.right if left else condition.left
            if not other.find(exp.Column, exp.Select):
                self._dataset_by_table[name] = _uncast(other).name

    def _join_tables(self, *names: str) -> None:
        together = set().union(*(self._joined_tables[name] for name in names)) if names else set()
        for name in together:
            self._joined_tables[name] = together

    def _is_correlated(self) -> bool:
        own = {source.alias_or_name for source in _read_tables(self._node)}
        outer = self._node.parent_select
        around = {source.alias_or_name for source in _read_tables(outer)} if outer is not None else set()
        return any(column.table in around - own for column in self._node.find_all(exp.Column))

    def _table_of_dataset_key(self, expression: exp.Expression) -> str | None:
        """Return the distributed table whose dataset a column is; null for other expressions.

        A column without a table is that of the only distributed table, or the common column of a join.
        """
        column = _uncast(expression)
        if not isinstance(column, exp.Column) or column.name != DISTRIBUTION_COLUMN:
            return None
        if not column.table and self.tables:
            return next(iter(self.tables))
        return column.table if column.table in self._joined_tables else None


def _arms(query: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the SELECTs that a query combines."""
    query = query.unnest()
    if isinstance(query, exp.SetOperation):
        yield from _arms(query.left)
        yield from _arms(query.right)
    else:
        yield query


def _uncast(expression: exp.Expression) -> exp.Expression:
    expression = expression.unnest()
    while isinstance(expression, exp.Cast):
        expression = expression.this.unnest()
    return expression


def _read_tables(node: exp.Expression) -> list[exp.Expression]:
    """Return the tables and subqueries that a block reads or changes."""
    begin = node.args.get("from_") or node.args.get("from")
    changed = [] if isinstance(node, exp.Select) else [node.this]
    return [
        *changed,
        *(node.args.get("using") or []),
        *(part.this for part in ([begin] if begin else []) + list(node.args.get("joins") or [])),
    ]


def _required_conditions(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the conditions of a block that are combined by AND."""
    where = node.args.get("where")
    join_conditions = [join.args.get("on") for join in node.args.get("joins") or []]
    for whole in ([where.this] if where else []) + [
        condition for condition in join_conditions if condition is not None
    ]:
        yield from (part.unnest() for part in (whole.flatten() if isinstance(whole, exp.And) else [whole]))


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(map(_literal, value[:MAX_LIST_VALUES]))}]"
    text = str(value).replace("'", "''")
    return f"'{text}'"
