"""The statements that the service sends to PostgreSQL in this process, each distinct one once."""

import functools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

CODE_FOLDER = str(Path(__file__).parents[3])
SERVICE_FOLDERS = frozenset({"service", "alembic"})
TEST_FOLDERS = frozenset({"tests", "bench", "tools"})
CURSOR_METHODS = ("execute", "executemany", "copy", "stream")
_NUMBERED_NAME = re.compile(r"(%\(\w+?)(?:__)?_\d+(?:_\d+)?(\)s)")
_REPEATED_LIST = re.compile(r"(%\(\w+\)s(?:::\w+)?|\([^()]*\))(?:, \1)+")


def normalise(statement: str) -> str:
    """Return a statement with one value for each list, and without the numbers of its parameters."""
    return _REPEATED_LIST.sub(r"\1", _NUMBERED_NAME.sub(r"\1\2", statement))


class SentStatements:
    """Calls `record` with the text and the values of each distinct statement of the service.

    In a process of the tests, a statement is of the service if the innermost function of the project is. In a process
    of the service all are, unless the innermost function is of a test.
    """

    def __init__(self, record: Callable[[str, Any], None], *, is_test_process: bool) -> None:
        self._record, self._is_test_process = record, is_test_process
        self._texts, self._distinct_statements = set[str](), set[str]()

    @property
    def watch_functions(self) -> dict[str, Callable[[ModuleType], None]]:
        """Return, by the name of a module that sends statements, a function that watches the module."""
        return {
            "psycopg": self._watch_cursors,
            "service.db.connection.prepared_connection": lambda module: self._wrap(module.PreparedConnection, "read"),
        }

    def _watch_cursors(self, psycopg: ModuleType) -> None:
        for method in CURSOR_METHODS:
            self._wrap(psycopg.Cursor, method)
        for method in ("execute", "executemany", "stream"):
            self._wrap(psycopg.ServerCursor, method)

    def _wrap(self, owner: type, name: str) -> None:
        method: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(method)
        def send(itself: Any, query: Any, *arguments: Any, **options: Any) -> Any:
            self._record_once(itself, query, arguments[0] if arguments else options.get("params"))
            return method(itself, query, *arguments, **options)

        setattr(owner, name, send)

    def _record_once(self, cursor: Any, query: Any, values: Any) -> None:
        if hasattr(query, "as_string"):
            query = query.as_string(cursor)
        text = query.decode() if isinstance(query, bytes) else str(query)
        if text in self._texts or not self._is_sent_by_service():
            return
        self._texts.add(text)
        normalised = normalise(text)
        if normalised not in self._distinct_statements:
            self._distinct_statements.add(normalised)
            self._record(text, values)

    def _is_sent_by_service(self) -> bool:
        frame = sys._getframe(3)
        while frame is not None:
            folder = _top_folder(frame.f_code.co_filename)
            if folder in SERVICE_FOLDERS | TEST_FOLDERS:
                return folder in SERVICE_FOLDERS
            frame = frame.f_back
        return not self._is_test_process


@functools.cache
def _top_folder(file_name: str) -> str | None:
    """Return the folder of the project that a file is in; null for other files."""
    path = Path(file_name)
    return path.relative_to(CODE_FOLDER).parts[0] if path.is_relative_to(CODE_FOLDER) else None
