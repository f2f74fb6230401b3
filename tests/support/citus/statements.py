"""The recorder of every statement that the service sends to PostgreSQL during a run of the tests.

It records the processes of the tests, and each process that they start: servers and commands. Each distinct statement
is checked once in a run, at the end of the test that sent it first, against the rules of Citus.
WRITE_STATEMENTS_TABLE=yes writes the table of docs/how-to/citus.md.
"""

import functools
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from tests.support.citus.child_process.sitecustomize import STATEMENTS_FOLDER
from tests.support.citus.rules import DISTRIBUTED, MULTIPLE_DATASETS, RULES, Checker
from tests.support.citus.sent_statements import SentStatements, normalise

CITUS_GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "citus.md"
CHILD_FOLDER = Path(__file__).parent / "child_process"
IS_WRITTEN = os.environ.get("WRITE_STATEMENTS_TABLE") == "yes"
TABLE_BEGIN, TABLE_END = "<!-- statements begin -->", "<!-- statements end -->"


class ChildProcesses:
    """The processes that the tests start: each writes its statements into a file of its own in one folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tradeflows-statements-"))
        self.folder.chmod(0o777)  # a server may run as another user
        self._offsets: Counter[Path] = Counter()

    def watch(self) -> None:
        """Let each process that this one starts write its statements."""
        start_process = subprocess.Popen.__init__

        @functools.wraps(start_process)
        def start_watched(itself: Any, *arguments: Any, env: Any = None, **options: Any) -> None:
            environment = dict(os.environ if env is None else env)
            self.extend_environment(environment)
            start_process(itself, *arguments, env=environment, **options)

        subprocess.Popen.__init__ = start_watched  # type: ignore[method-assign]

    def extend_environment(self, environment: MutableMapping[str, str]) -> None:
        """Add the variables by which a Python process writes its statements; those of another recorder are kept."""
        if STATEMENTS_FOLDER not in environment:
            folders = [str(CHILD_FOLDER), environment.get("PYTHONPATH")]
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
            environment[STATEMENTS_FOLDER] = str(self.folder)

    def read_statements(self) -> Iterator[tuple[str, Any]]:
        """Yield the text and the values of each statement since the last call."""
        for path in sorted(self.folder.iterdir()):
            with path.open("rb") as file:
                file.seek(self._offsets[path])
                for line in file:
                    if line.endswith(b"\n"):  # else the process is about to write the rest
                        self._offsets[path] += len(line)
                        statement, values = json.loads(line)
                        yield statement, values

    def clean_up(self) -> None:
        """Delete the files."""
        shutil.rmtree(self.folder, ignore_errors=True)


class StatementRecorder:
    """The distinct statements of the service, by hash, with the kinds of statements that each of them is of."""

    def __init__(self) -> None:
        self._unchecked: list[tuple[str, Any]] = []
        self._kinds: dict[str, list[str]] = {}
        self._child_hashes: set[str] = set()
        self._refused_count = 0
        self._claims: Path | None = None
        self.children = ChildProcesses()

    def start(self, *, has_children: bool, claims: Path) -> None:
        """Record the statements of this process from now on, and with `has_children` of those that it starts.

        `claims` is a folder that all processes of the run share, with a file for each statement that one of them
        checks.
        """
        self._claims = claims
        watcher = SentStatements(lambda *statement: self._unchecked.append(statement), is_test_process=True)
        for name, watch in watcher.watch_functions.items():
            watch(importlib.import_module(name))
        if has_children:
            self.children.watch()

    def check(self) -> None:
        """Check the statements since the last call; fail with those that Citus does not distribute."""
        statements, self._unchecked = self._unchecked, []
        child_statements = list(self.children.read_statements())
        self._child_hashes.update(_hash(statement) for statement, _ in child_statements)
        refused = {
            statement: faults
            for statement, values in [*statements, *child_statements]
            if (faults := self._check_once(statement, values))
        }
        self._refused_count += len(refused)
        assert not refused, f"Citus does not distribute these statements: {refused}"

    def _check_once(self, statement: str, values: Any) -> list[str]:
        key, checker = _hash(statement), Checker()
        if key in self._kinds or not self._claim(key):
            return []
        faults = checker.violations(statement, values)
        self._kinds[key] = sorted(checker.counts)
        return faults

    def _claim(self, key: str) -> bool:
        """Return whether this process checks a statement, because no other one does."""
        if self._claims is None:
            return True
        try:
            (self._claims / key).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    @property
    def counts(self) -> Counter[str]:
        """Return the number of distinct statements by kind, and of all."""
        return Counter(kind for kinds in self._kinds.values() for kind in kinds)

    def export(self) -> dict[str, Any]:
        """Return what `merge` of the recorder of another process needs."""
        return {"kinds": self._kinds, "child_hashes": sorted(self._child_hashes), "refused_count": self._refused_count}

    def merge(self, exported: Mapping[str, Any]) -> None:
        """Add the statements that the recorder of another process checked; each distinct one counts once."""
        self._kinds |= exported["kinds"]
        self._child_hashes |= set(exported["child_hashes"])
        self._refused_count += exported["refused_count"]

    def write_table(self, test_count: int) -> None:
        """Write the table of rules and checked statements into the guide, if requested and no statement is refused."""
        if IS_WRITTEN:
            assert not self._refused_count, f"{self._refused_count} statements are refused: the table is not written"
            head, _, rest = CITUS_GUIDE.read_text().partition(TABLE_BEGIN)
            table = render_table(self.counts, child_count=len(self._child_hashes), test_count=test_count)
            CITUS_GUIDE.write_text(f"{head}{TABLE_BEGIN}\n{table}\n{TABLE_END}{rest.partition(TABLE_END)[2]}")


def _hash(statement: str) -> str:
    return hashlib.sha256(normalise(statement).encode()).hexdigest()[:16]


def render_table(counts: Mapping[str, int], *, child_count: int, test_count: int) -> str:
    """Return the rules in Markdown, with the number of statements that each was applied to."""
    lines = [
        f"{test_count:,} tests sent {counts['all']:,} distinct statements, {child_count:,} of them from servers and "
        f"commands in processes of their own.\n{counts.get(DISTRIBUTED, 0):,} read or change figures and releases, "
        f"{counts.get(MULTIPLE_DATASETS, 0):,} of these those of several datasets. All were checked.\n",
        "| rule | applies to | statements | refused |",
        "|---|---|---:|---:|",
    ]
    lines += [f"| {rule.text} | {rule.statement_kind} | {counts.get(rule.statement_kind, 0):,} | 0 |" for rule in RULES]
    return "\n".join(lines)
