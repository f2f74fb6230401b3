"""The repository speaks of itself alone: no package index, no path of somebody's machine."""

import re
import subprocess

import pytest

FOREIGN = re.compile(
    r"--index-url|--find-links|--extra-index|files\.pythonhosted|pypi\.(org|python)|registry\.npmjs|/root/|/home/\w+/"
)
LOCKED = re.compile(r"[\w.-]+(\[[\w,]+\])?==\S+ (; .+ )?\\\n +--hash=sha256:|#")
HERE = "tests/tooling/test_self_contained.py"


@pytest.fixture(scope="module")
def tracked(pytestconfig):
    listed = subprocess.run(["git", "ls-files"], cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [pytestconfig.rootpath / name for name in listed.stdout.split("\n") if name and name != HERE]


def test_no_file_names_an_index_or_a_machine(tracked):
    there = [(path.name, path.read_text("utf-8")) for path in tracked if path.exists()]
    found = [(name, match.group()) for name, text in there for match in FOREIGN.finditer(text)]

    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_locked_with_a_hash(pytestconfig, name):
    entries = re.split(r"\n(?=\S)", (pytestconfig.rootpath / name).read_text().strip())

    assert len(entries) > 20
    assert [entry for entry in entries if not LOCKED.match(entry)] == []
