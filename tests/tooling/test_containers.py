"""The container files are checked as far as they can be without a Docker engine."""

import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


def hadolint(path):
    return subprocess.run([BIN / "hadolint", path], capture_output=True, text=True, check=False)


def compose_schema(path):
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("check", "name"), [(hadolint, "Dockerfile"), (compose_schema, "docker-compose.yml")])
def test_container_files_pass_their_checks(check, name, pytestconfig):
    checked = check(pytestconfig.rootpath / name)

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("check", "name", "good", "bad"),
    [
        (hadolint, "Dockerfile", "USER 10001:10001", "RUN cd /tmp && sudo ls"),
        (compose_schema, "docker-compose.yml", "image:", "imagine:"),
    ],
)
def test_the_checks_see_a_mistake(check, name, good, bad, pytestconfig, tmp_path):
    text = (pytestconfig.rootpath / name).read_text()
    assert good in text
    (tmp_path / name).write_text(text.replace(good, bad))

    assert check(tmp_path / name).returncode != 0
