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

from tests.server import serving

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?:<!-- ([^>]+?) -->\n)?```(\w*)\n(.*?)```\n", re.DOTALL)
RUN = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
ADDRESS = "http://127.0.0.1:8000"
SECONDS = 120


@dataclass(frozen=True)
class Block:
    """A block of a page, and what the comment before it says."""

    language: str
    text: str
    kind: str
    note: str


def blocks(page):
    for comment, language, text in BLOCK.findall(page.read_text()):
        kind, _, note = (comment or "").partition(":")
        yield Block(language, text, kind.strip(), note.strip())


def to_run(page):
    return [block for block in blocks(page) if block.language in RUN and block.kind not in {"not run", "file"}]


def contained(part, whole):
    """Return whether all that `part` has is in `whole`: members of objects, items of lists one by one."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and contained(v, whole[k]) for k, v in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(contained, part, whole))
    return part == whole


def run(block, *, folder, address, database):
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "DATABASE_URL": database.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(folder / "home"),
        "SHARED": str(ROOT.parent / "shared" / "data"),
        "MPLBACKEND": "Agg",
    }
    ended = subprocess.run(
        [*RUN[block.language], block.text.replace(ADDRESS, address)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert ended.returncode == 0, f"{block.text}\nended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.mark.parametrize("page", [page for page in PAGES if to_run(page)], ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page, create_database, demo_template, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    folder = tmp_path / "project"
    for part in ("docs", "openapi"):
        shutil.copytree(ROOT / part, folder / part)
    own = create_database(f"page_{page.stem.replace('-', '_').lower()}", template=demo_template)
    printed = ""
    with serving(own, log=tmp_path / "log") as address:
        for block in blocks(page):
            if block.kind == "file":
                (folder / block.note).write_text(block.text.replace(ADDRESS, address))
            elif block.kind == "shared" and not (ROOT.parent / "shared").is_dir():
                pytest.skip(f"the official files that the rest of {page.name} loads are not on this machine")
            elif block.kind == "needs" and shutil.which(block.note) is None:
                pytest.skip(f"{block.note}, which the rest of {page.name} needs, is not on this machine")
            elif block.language in RUN and block.kind != "not run":
                printed = run(block, folder=folder, address=address, database=own)
            elif block.language == "json" and block.kind != "not run":
                assert contained(json.loads(block.text), json.loads(printed.splitlines()[-1])), printed


def test_a_block_is_left_out_only_for_a_reason():
    left_out = [(page.name, block) for page in PAGES for block in blocks(page) if block.kind == "not run"]

    assert [page for page, block in left_out if len(block.note) < 10] == []


def test_comments_before_blocks_are_of_a_kind_that_is_known():
    kinds = {(page.name, block.kind) for page in PAGES for block in blocks(page)}

    assert {kind for _, kind in kinds} <= {"", "file", "needs", "not run", "shared"}


def test_the_readme_and_the_guides_are_among_what_is_run():
    assert {"README.md", "first-answer.md", "load-your-files.md", "vintages.md"} <= {
        page.name for page in PAGES if to_run(page)
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
def test_what_is_not_printed_is_seen(part, whole, expected):
    assert contained(part, whole) == expected
