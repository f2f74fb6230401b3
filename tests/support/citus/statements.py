"""The recorder of every statement that the service sends to PostgreSQL during a run of the tests.

Each distinct statement is checked once in each process of the run, at the end of the test that sent it, against the
rules of Citus. WRITE_STATEMENTS_TABLE=yes writes the table of docs/how-to/citus.md.
"""

import functools
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from service.db.connection.prepared_connection import PreparedConnection
from tests.support.citus.rules import DISTRIBUTED, MULTIPLE_DATASETS, RULES, Checker

_PROJECT_FOLDER = Path(__file__).parents[3]
_CITUS_GUIDE = _PROJECT_FOLDER / "docs" / "how-to" / "citus.md"
_IS_WRITTEN = os.environ.get("WRITE_STATEMENTS_TABLE") == "yes"
TABLE_BEGIN, TABLE_END = "<!-- statements begin -->", "<!-- statements end -->"
SERVICE_FOLDERS = frozenset({"service", "alembic"})
TEST_FOLDERS = frozenset({"tests", "bench", "tools"})
CURSOR_METHODS = ("execute", "executemany", "copy")
_NUMBERED_NAME = re.compile(r"(%\(\w+?)(?:__)?_\d+(?:_\d+)?(\)s)")
_REPEATED_LIST = re.compile(r"(%\(\w+\)s(?:::\w+)?|\([^()]*\))(?:, \1)+")


class StatementRecorder:
    """The distinct statements of the service, and the number of statements that each rule was applied to."""

    def __init__(self) -> None:
        self._statements: set[str] = set()
        self._unchecked: list[tuple[str, Any]] = []
        self._checker = Checker()

    def start(self) -> None:
        """Record what is sent through a cursor of psycopg, or through a prepared connection of the service."""
        for method in CURSOR_METHODS:
            self._wrap(psycopg.Cursor, method)
        self._wrap(PreparedConnection, "read")

    def check(self) -> None:
        """Check the statements since the last call; fail with those that Citus does not distribute."""
        statements, self._unchecked = self._unchecked, []
        refused = {
            statement: found
            for statement, values in statements
            if (found := self._checker.violations(statement, values))
        }
        assert not refused, f"Citus does not distribute these statements: {refused}"

    def add_counts(self, counts: Mapping[str, int]) -> None:
        """Add the counts of another process of the run."""
        self._checker.counts.update(counts)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of statements by rule, and of all."""
        return dict(self._checker.counts)

    def write_table(self) -> None:
        """Write the table of rules and checked statements into the guide, if this is requested."""
        if _IS_WRITTEN:
            head, _, rest = _CITUS_GUIDE.read_text().partition(TABLE_BEGIN)
            table = render_table(self.counts)
            _CITUS_GUIDE.write_text(f"{head}{TABLE_BEGIN}\n{table}\n{TABLE_END}{rest.partition(TABLE_END)[2]}")

    def _wrap(self, owner: type, name: str) -> None:
        method: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(method)
        def send(itself: Any, query: Any, *arguments: Any, **options: Any) -> Any:
            self._record(itself, query, arguments[0] if arguments else options.get("params"))
            return method(itself, query, *arguments, **options)

        setattr(owner, name, send)

    def _record(self, cursor: Any, query: Any, values: Any) -> None:
        if isinstance(query, sql.Composable):
            query = query.as_string(cursor)
        text = query.decode() if isinstance(query, bytes) else str(query)
        normalised = normalise(text)
        if normalised not in self._statements and _is_sent_by_service():
            self._statements.add(normalised)
            self._unchecked.append((text, values))


def normalise(statement: str) -> str:
    """Return a statement with one value for each list, and without the numbers of its parameters."""
    return _REPEATED_LIST.sub(r"\1", _NUMBERED_NAME.sub(r"\1\2", statement))


def _is_sent_by_service() -> bool:
    """Return whether the innermost function of this project is one of the service, not of a test."""
    frame = sys._getframe(3)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(str(_PROJECT_FOLDER)):
            folder = Path(path).relative_to(_PROJECT_FOLDER).parts[0]
            if folder in SERVICE_FOLDERS | TEST_FOLDERS:
                return folder in SERVICE_FOLDERS
        frame = frame.f_back
    return False


def render_table(counts: Mapping[str, int]) -> str:
    """Return the rules in Markdown, with the number of statements that each was applied to."""
    lines = [
        f"{counts['all']:,} distinct statements; {counts.get(DISTRIBUTED, 0):,} of them read or change figures and "
        f"releases, {counts.get(MULTIPLE_DATASETS, 0):,} of several datasets.\n",
        "| rule | applies to | statements | refused |",
        "|---|---|---:|---:|",
    ]
    lines += [f"| {rule.text} | {rule.statement_kind} | {counts.get(rule.statement_kind, 0):,} | 0 |" for rule in RULES]
    return "\n".join(lines)
