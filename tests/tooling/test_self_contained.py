"""The repository names no package index and no path of a developer's machine."""

import gzip
import re
import subprocess

import pytest

EXTERNAL_REFERENCE = re.compile(
    r"--index-url|--find-links|--extra-index|--trusted-host|files\.pythonhosted|pypi\.(org|python)|registry\.npmjs"
    r"|\"resolved\": *\"http|(?<![\w./-])/(root|work|home/\w+)/"
)
LOCKED_REQUIREMENT = re.compile(r"[\w.-]+(\[[\w,]+\])?==\S+ (; .+ )?\\\n +--hash=sha256:|#")
THIS_FILE = "tests/tooling/test_self_contained.py"


@pytest.fixture(scope="module")
def tracked_files(pytestconfig):
    listed = subprocess.run(["git", "ls-files"], cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [pytestconfig.rootpath / name for name in listed.stdout.split("\n") if name and name != THIS_FILE]


def read_text(path):
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return raw.decode("utf-8")


def test_no_file_has_a_package_index_or_a_local_path(tracked_files):
    there = [(path.name, read_text(path)) for path in tracked_files if path.exists() and path.suffix != ".png"]
    found = [(name, match.group()) for name, text in there for match in EXTERNAL_REFERENCE.finditer(text)]

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
def test_a_package_index_or_a_local_path_is_detected(line):
    assert EXTERNAL_REFERENCE.search(line)


@pytest.mark.parametrize("line", ["https://example.org/work/1", "folder / 'home' / name", "networks/root/area"])
def test_a_generic_path_is_accepted(line):
    assert not EXTERNAL_REFERENCE.search(line)


def test_a_requirement_without_a_hash_is_detected():
    assert not LOCKED_REQUIREMENT.match("alembic==1.20.1")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_locked_with_a_hash(pytestconfig, name):
    entries = re.split(r"\n(?=\S)", (pytestconfig.rootpath / name).read_text().strip())

    assert len(entries) > 20
    assert [entry for entry in entries if not LOCKED_REQUIREMENT.match(entry)] == []
