"""The table of docs/reference/clients.md: a row for each published client, from the tests that run it.

`make clients` runs the tests with the marker `client`, and writes the rows of those that pass. In other runs, a test
with this marker fails where the page does not have its row.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path

import pytest

PROJECT_FOLDER = Path(__file__).parents[3]
CLIENTS_PAGE = PROJECT_FOLDER / "docs" / "reference" / "clients.md"
IS_WRITTEN = os.environ.get("WRITE_CLIENTS_PAGE") == "yes"
BEGIN_MARKER, END_MARKER = "<!-- clients begin -->", "<!-- clients end -->"
HEAD = "| client | version | tested functions | test |\n|---|---|---|---|"
PROGRAM_COMMANDS = {
    "curl": ("curl", "--version"),
    "chromium": ("chromium", "--version"),
    "LibreOffice": ("soffice", "--version"),
    "rsdmx (R)": ("Rscript", "-e", 'cat(format(packageVersion("rsdmx")))'),
    "readr (R)": ("Rscript", "-e", 'cat(format(packageVersion("readr")))'),
}
"""Commands that print the version of a client of the operating system."""


@dataclass
class ClientRow:
    """A row of the table: a client, its tested functions, guides that show them, and tests that run them."""

    client: str
    tested: list[str] = field(default_factory=list)
    guides: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)

    def render(self) -> str:
        """Return the row in Markdown."""
        version = locked_version(self.client) or program_version(self.client)
        links = [f"[{Path(guide).name}]({guide})" for guide in self.guides]
        cells = [
            self.client,
            version,
            "; ".join(self.tested),
            ", ".join([*links, *(f"`{test}`" for test in self.tests)]),
        ]
        return f"| {' | '.join(cells)} |"


def locked_version(client: str) -> str | None:
    """Return the version of a client that a lock file or the installed packages determine; null for a program."""
    name = client.split(":", maxsplit=1)[0].split(",", maxsplit=1)[0]
    packages = json.loads((PROJECT_FOLDER / "docs" / "clients" / "package.json").read_text())
    requirements = (PROJECT_FOLDER / "docs" / "clients" / "requirements.txt").read_text().splitlines()
    versions = packages["devDependencies"] | dict(line.split("==") for line in requirements)
    if name in versions:
        return str(versions[name])
    try:
        return installed_version(name)
    except PackageNotFoundError:
        return None


def program_version(client: str) -> str:
    """Return the version that a program prints; empty where it is not on this machine."""
    command = PROGRAM_COMMANDS[client]
    if shutil.which(command[0]) is None:
        return ""
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    match = re.search(r"\d+(\.\d+)+", printed)
    return match[0] if match else ""


class ClientsPage:
    """The tests with the marker `client` that passed, as rows; written at the end, or compared with the page."""

    def __init__(self) -> None:
        self._rows: dict[str, ClientRow] = {}

    def add(self, item: pytest.Item) -> None:
        """Add the clients of a test that passed; fail where the page lacks them."""
        test = str(item.path.relative_to(PROJECT_FOLDER))
        for mark in item.iter_markers("client"):
            client, tested = mark.args
            guide = mark.kwargs.get("guide")
            if not IS_WRITTEN:
                check_row(client, tested, test)
            row = self._rows.setdefault(client, ClientRow(client))
            for entries, entry in ((row.tested, tested), (row.guides, guide), (row.tests, test)):
                if entry is not None and entry not in entries:
                    entries.append(entry)

    def write(self) -> None:
        """Write the rows; those of clients that did not run remain."""
        if IS_WRITTEN and self._rows:
            head, table, tail = _page_parts()
            rows = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines() if " | " in line}
            rows |= {client: row.render() for client, row in self._rows.items()}
            rows.pop("client", None)
            lines = [rows[client] for client in sorted(rows, key=str.lower)]
            CLIENTS_PAGE.write_text("\n".join([f"{head}{BEGIN_MARKER}", HEAD, *lines, f"{END_MARKER}{tail}"]))


def check_row(client: str, tested: str, test: str) -> None:
    """Check that the page has what a test runs, with the version; `make clients` writes it."""
    lines = [line for line in _page_parts()[1].splitlines() if line.startswith(f"| {client} | ")]
    assert lines, f"docs/reference/clients.md has no row of {client}; `make clients` writes it"
    _, version, functions, sources = lines[0].split(" | ")
    assert tested in functions.split("; "), f"the row of {client} lacks: {tested}; `make clients` writes it"
    assert f"`{test}`" in sources, f"the row of {client} lacks its test; `make clients` writes it"
    assert version == (locked_version(client) or version), f"the row of {client} has the version {version}"


def _page_parts() -> tuple[str, str, str]:
    head, _, rest = CLIENTS_PAGE.read_text("utf-8").partition(BEGIN_MARKER)
    table, _, tail = rest.partition(END_MARKER)
    return head, table, tail
