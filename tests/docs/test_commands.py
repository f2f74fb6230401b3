"""Every command and request that the documents show is executed, in the order in which they stand.

A block of `sh` or `python` is run as it is, in a folder of its own, but for the address of the service. Before a block
may stand a comment, which readers do not see:

    <!-- file: NAME -->          the block is the content of a file of that name
    <!-- not run: REASON -->     the block is not run here
    <!-- shared -->              the block needs the official files, and is skipped where they are absent
    <!-- needs: PROGRAM -->      the block needs a program, and is skipped with all after it where that is absent

A block of `json` after one that was run has to be contained in the last line that it printed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.server import run_server

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
GUIDE_PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if "adr" not in page.parts),
]
CODE_BLOCK = re.compile(r"(?:<!-- ([^>]+?) -->\n)?```(\w*)\n(.*?)```\n", re.DOTALL)
INTERPRETERS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
DOCUMENTED_URL = "http://127.0.0.1:8000"
TIMEOUT_S = 120
CLIENTS_OF_PAGES = {
    "generate-clients.md": [("openapi-python-client", "generated, checked by mypy, sends requests")],
}


@dataclass(frozen=True)
class CodeBlock:
    """A block of a page, and what the comment before it says."""

    language: str
    text: str
    directive: str
    argument: str


def code_blocks(page):
    for comment, language, text in CODE_BLOCK.findall(page.read_text()):
        kind, _, note = (comment or "").partition(":")
        yield CodeBlock(language, text, kind.strip(), note.strip())


def runnable_blocks(page):
    return [
        block
        for block in code_blocks(page)
        if block.language in INTERPRETERS and block.directive not in {"not run", "file"}
    ]


def is_subset(expected, actual):
    """Return whether all that `part` has is in `whole`: members of objects, items of lists one by one."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(k in actual and is_subset(v, actual[k]) for k, v in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(is_subset, expected, actual))
    return expected == actual


def run_block(block, *, folder, server_url, database_url):
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(folder),
        "DATABASE_URL": database_url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(folder / "home"),
        "SHARED": str(ROOT.parent / "shared" / "data"),
        "MPLBACKEND": "Agg",
    }
    ended = subprocess.run(
        [*INTERPRETERS[block.language], block.text.replace(DOCUMENTED_URL, server_url)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert ended.returncode == 0, f"{block.text}\nended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def page_case(page):
    guide = f"../how-to/{page.name}"
    marks = [pytest.mark.client(client, tested, guide=guide) for client, tested in CLIENTS_OF_PAGES.get(page.name, ())]
    return pytest.param(page, id=page.name, marks=marks)


@pytest.mark.parametrize("page", [page_case(page) for page in GUIDE_PAGES if runnable_blocks(page)])
def test_documented_commands_produce_the_documented_output(page, create_database, demo_template, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    folder = tmp_path / "project"
    for part in ("docs", "openapi"):
        shutil.copytree(ROOT / part, folder / part)
    own = create_database(f"page_{page.stem.replace('-', '_').lower()}", template=demo_template)
    printed = ""
    with run_server(own, log_file=tmp_path / "log") as address:
        for block in code_blocks(page):
            if block.directive == "file":
                (folder / block.argument).write_text(block.text.replace(DOCUMENTED_URL, address))
            elif block.directive == "shared" and not (ROOT.parent / "shared").is_dir():
                pytest.skip(f"the official files that the rest of {page.name} loads are not on this machine")
            elif block.directive == "needs" and shutil.which(block.argument) is None:
                pytest.skip(f"{block.argument}, which the rest of {page.name} needs, is not on this machine")
            elif block.language in INTERPRETERS and block.directive != "not run":
                printed = run_block(block, folder=folder, server_url=address, database_url=own)
            elif block.language == "json" and block.directive != "not run":
                assert is_subset(json.loads(block.text), json.loads(printed.splitlines()[-1])), printed


def test_a_skipped_block_has_a_reason():
    left_out = [
        (page.name, block) for page in GUIDE_PAGES for block in code_blocks(page) if block.directive == "not run"
    ]

    assert [page for page, block in left_out if len(block.argument) < 10] == []


def test_block_directives_are_known():
    kinds = {(page.name, block.directive) for page in GUIDE_PAGES for block in code_blocks(page)}

    assert {kind for _, kind in kinds} <= {"", "file", "needs", "not run", "shared"}


def test_the_readme_and_the_guides_are_executed():
    assert {"README.md", "tutorial.md", "load-files.md", "query-a-publication-date.md"} <= {
        page.name for page in GUIDE_PAGES if runnable_blocks(page)
    }


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": None}, {}, False),
    ],
)
def test_missing_output_is_detected(part, whole, expected):
    assert is_subset(part, whole) == expected
