"""The rules of docs/how-to/citus.md for statements that Citus distributes, checked by a parser.

A statement that restricts all distributed tables to the same dataset runs on one worker, with all features of
PostgreSQL. A statement on several datasets combines the results of several workers, which supports less. Temporary
tables are on the coordinator alone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from service.models import Base
from tests.support.citus.blocks import (
    Block,
    bind_values,
    has_distributed_name,
    is_distributed,
    select_nodes,
    statement_blocks,
)

PERMANENT_TABLES = frozenset({*Base.metadata.tables, "alembic_version"})
MULTIPLE_DATASETS, DISTRIBUTED, ALTERATION, MAINTENANCE = (
    "statements about several datasets",
    "statements about figures and releases",
    "ALTER TABLE",
    "ANALYZE, VACUUM",
)
UNSUPPORTED_CLAUSES = {
    exp.GroupingSets: "GROUPING SETS",
    exp.Rollup: "ROLLUP",
    exp.Cube: "CUBE",
    exp.Lateral: "LATERAL",
    exp.Lock: "a row lock",
}
_TEMPORARY_TABLE = re.compile(r"CREATE TEMPORARY TABLE \w+ ON COMMIT DROP AS\s+(.*)", re.DOTALL)
_COPY_OF_QUERY = re.compile(r"COPY \((.*)\) TO STDOUT.*", re.DOTALL)
_ALTERATION = re.compile(r"ALTER TABLE\b", re.IGNORECASE)
_MAINTENANCE = re.compile(r"(?:ANALYZE|VACUUM)\b\s*(?:\([^)]*\)|ONLY\b|VERBOSE\b|\s)*(?P<tables>[^;]*)", re.IGNORECASE)
_QUERY = re.compile(r"\(?\s*(?:WITH|SELECT|INSERT|UPDATE|DELETE|VALUES)", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """A rule, the statements that it applies to, and a statement that breaks it, with the description of the fault."""

    name: str
    text: str
    statement_kind: str
    faulty_statement: str
    fault: str


RULES = (
    Rule(
        "clauses",
        "no GROUPING SETS, ROLLUP, CUBE, LATERAL or row lock",
        MULTIPLE_DATASETS,
        "SELECT count(*) FROM observation GROUP BY ROLLUP (flow)",
        "ROLLUP",
    ),
    Rule(
        "recursion",
        "no recursive query",
        MULTIPLE_DATASETS,
        "WITH RECURSIVE r AS (SELECT max(id) AS n FROM release UNION ALL SELECT n - 1 FROM r) SELECT n FROM r",
        "a recursive query",
    ),
    Rule(
        "joins",
        "distributed tables of one SELECT are joined on `dataset_id`",
        MULTIPLE_DATASETS,
        "SELECT 1 FROM observation AS o JOIN release AS r ON r.id = o.release_id",
        "o, r are joined without dataset_id",
    ),
    Rule(
        "correlation",
        "no correlated subquery on a distributed table",
        MULTIPLE_DATASETS,
        "SELECT (SELECT max(o.period) FROM observation AS o WHERE o.dataset_id = d.id) FROM dataset AS d",
        "a correlated subquery on o",
    ),
    Rule(
        "temporary tables",
        "a SELECT, with its subqueries, reads temporary or distributed tables, not both; those of a WITH are apart",
        DISTRIBUTED,
        "SELECT 1 FROM observation WHERE dataset_id = 1 AND NOT EXISTS (SELECT FROM staged WHERE staged.flow = 1)",
        "staged is joined with observation",
    ),
    Rule(
        "modification in WITH",
        "no INSERT, UPDATE or DELETE within WITH",
        DISTRIBUTED,
        "WITH r AS (DELETE FROM observation WHERE dataset_id = 1 RETURNING flow) SELECT flow FROM r",
        "a modification in WITH",
    ),
    Rule(
        "constraints",
        "ADD CONSTRAINT is the only subcommand of its statement",
        ALTERATION,
        "ALTER TABLE release ADD COLUMN a integer, ADD CONSTRAINT b CHECK (a > 0)",
        "ADD CONSTRAINT beside another subcommand",
    ),
    Rule(
        "one table",
        "one table per statement",
        MAINTENANCE,
        "ANALYZE observation_history, release",
        "several tables",
    ),
)


class Checker:
    """Checks statements, and counts those that each rule was applied to."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def violations(self, statement: str, values: Any) -> list[str]:
        """Return descriptions of the parts of a statement with these values that Citus does not support."""
        self.counts["all"] += 1
        text = statement.strip()
        if query := _COPY_OF_QUERY.fullmatch(text) or _TEMPORARY_TABLE.fullmatch(text):
            text = query[1]
        if _ALTERATION.match(text):
            return self._apply(ALTERATION, _alteration_faults(text))
        if maintenance := _MAINTENANCE.match(text):
            return self._apply(MAINTENANCE, ["several tables"] if "," in maintenance["tables"] else [])
        if not _QUERY.match(text) or not has_distributed_name(text):
            return []
        tree = sqlglot.parse_one(bind_values(text, values), read="postgres")
        assert not isinstance(tree, exp.Command), f"the parser does not know this statement: {text}"
        nodes = list(tree.walk())
        if not any(is_distributed(table.name) for table in select_nodes(nodes, exp.Table)):
            return []
        found = self._apply(DISTRIBUTED, _faults_of_any_statement(tree, nodes))
        blocks = statement_blocks(nodes)
        dataset_keys = {key for block in blocks for key in block.dataset_keys}
        if len(dataset_keys) <= 1 and None not in dataset_keys:
            return found
        return found + self._apply(MULTIPLE_DATASETS, _faults_of_several_datasets(nodes, blocks))

    def _apply(self, statements: str, faults: list[str]) -> list[str]:
        self.counts[statements] += 1
        return faults


def _alteration_faults(text: str) -> list[str]:
    subcommands = re.findall(r"\b(?:ADD|DROP|ALTER)\b", text, re.IGNORECASE)[1:]
    has_constraint = re.search(r"\bADD\s+(?:CONSTRAINT|CHECK|FOREIGN|PRIMARY|UNIQUE)", text, re.IGNORECASE)
    return ["ADD CONSTRAINT beside another subcommand"] if has_constraint and len(subcommands) > 1 else []


def _faults_of_any_statement(tree: exp.Expression, nodes: Sequence[exp.Expression]) -> list[str]:
    ctes = select_nodes(nodes, exp.CTE)
    modifications = [cte for cte in ctes if isinstance(cte.this, exp.Delete | exp.Update | exp.Insert)]
    found = ["a modification in WITH"] if modifications else []
    return found + list(_mixed_tables(tree, ctes))


def _mixed_tables(tree: exp.Expression, ctes: Sequence[exp.CTE]) -> Iterator[str]:
    """Yield the outermost queries, and those of WITH, that read both temporary and distributed tables.

    A DELETE from a distributed table may use a temporary table, and an INSERT into one may select from it.
    """
    names_of_ctes = {cte.alias for cte in ctes}
    roots = [cte.this for cte in ctes]
    whole = tree.expression if isinstance(tree, exp.Create | exp.Insert) else tree
    for root in [*roots, *([whole] if whole is not None else [])]:
        names = set(_own_table_names(root)) - names_of_ctes - {""}
        if isinstance(root, exp.Delete) and not root.find(exp.Select):
            continue
        temporary = sorted(name for name in names if _is_temporary(name))
        distributed = sorted(name for name in names if is_distributed(name))
        if temporary and distributed:
            yield f"{', '.join(temporary)} is joined with {', '.join(distributed)}"


def _is_temporary(table: str) -> bool:
    return not (table in PERMANENT_TABLES or is_distributed(table) or table.startswith("pg_"))


def _own_table_names(node: exp.Expression) -> Iterator[str]:
    """Yield the names of the tables of a query and its subqueries, without those of its WITH."""
    if isinstance(node, exp.Table):
        yield node.name
    for child in node.iter_expressions():
        if not isinstance(child, exp.With):
            yield from _own_table_names(child)


def _faults_of_several_datasets(nodes: Sequence[exp.Expression], blocks: list[Block]) -> list[str]:
    found = [name for kind, name in UNSUPPORTED_CLAUSES.items() if select_nodes(nodes, kind)]
    if any(clause.args.get("recursive") for clause in select_nodes(nodes, exp.With)):
        found.append("a recursive query")
    return found + [fault for block in blocks for fault in block.violations()]
