"""The repository speaks of itself alone: no package index, no path of somebody's machine."""

import re
import subprocess

import pytest

FOREIGN = re.compile(
    r"--index-url|--find-links|--extra-index|--trusted-host|files\.pythonhosted|pypi\.(org|python)|registry\.npmjs"
    r"|\"resolved\": *\"http|(?<![\w./-])/(root|work|home/\w+)/"
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


@pytest.mark.parametrize(
    "line",
    [
        "--index-url file:///mirror/simple",
        "--trusted-host mirror",
        "alembic @ https://files.pythonhosted.org/alembic.whl",
        '"resolved": "https://mirror/a.tgz"',
        "data = '/work/shared/data'",
        "cd /root/project",
        "open('/home/somebody/notes')",
    ],
)
def test_an_index_or_a_machine_is_seen(line):
    assert FOREIGN.search(line)


@pytest.mark.parametrize("line", ["https://example.org/work/1", "folder / 'home' / name", "networks/root/area"])
def test_a_path_of_no_machine_is_let_pass(line):
    assert not FOREIGN.search(line)


def test_a_requirement_without_a_hash_is_seen():
    assert not LOCKED.match("alembic==1.20.1")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_locked_with_a_hash(pytestconfig, name):
    entries = re.split(r"\n(?=\S)", (pytestconfig.rootpath / name).read_text().strip())

    assert len(entries) > 20
    assert [entry for entry in entries if not LOCKED.match(entry)] == []
