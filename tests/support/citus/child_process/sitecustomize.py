"""Writes the statements of a process that a test starts into a file, which the test reads when it ends.

Python imports this module when it starts, because the tests put its folder on PYTHONPATH of each process.
"""

import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

STATEMENTS_FOLDER = "TEST_STATEMENTS_FOLDER"


class WatchingFinder(MetaPathFinder):
    """Finds some modules as Python does, and calls a function with each after its import."""

    def __init__(self, watch_functions: dict[str, Callable[[ModuleType], None]]) -> None:
        self._watch_functions = watch_functions

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the module that Python finds; null for modules that are not watched."""
        watch = self._watch_functions.get(fullname)
        spec = None if watch is None else importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if watch is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_watch(module: ModuleType) -> None:
            execute(module)
            watch(module)

        spec.loader.exec_module = execute_and_watch  # type: ignore[method-assign]
        return spec


def append_statement(statement: str, values: Any) -> None:
    """Write a statement into the file of this process."""
    line = json.dumps([statement, values], default=str)
    with (Path(os.environ[STATEMENTS_FOLDER]) / str(os.getpid())).open("a") as file:
        file.write(f"{line}\n")


def watch_process() -> None:
    """Write the statements of this process from now on."""
    support_folder = Path(__file__).parents[1]
    spec = importlib.machinery.PathFinder.find_spec("sent_statements", [str(support_folder)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    statements = module.SentStatements(append_statement, is_test_process=False)
    sys.meta_path.insert(0, WatchingFinder(statements.watch_functions))


# A run of pytest that a test starts checks its own statements.
if STATEMENTS_FOLDER in os.environ and "pytest" not in sys.orig_argv:
    watch_process()
