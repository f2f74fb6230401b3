"""Imports go downwards only."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(sys.executable).parent / "lint-imports"


@pytest.fixture
def copy(pytestconfig, tmp_path):
    """Return a copy of the code and of the contracts."""
    shutil.copytree(pytestconfig.rootpath / "service", tmp_path / "service")
    shutil.copy(pytestconfig.rootpath / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder):
    command = [LINT, "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_the_contracts_are_kept(copy):
    checked = lint(copy)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("models/base.py", "from service.api import answer"),
        ("resources/flows/queries.py", "from service.resources.series import queries"),
        ("analytics/growth.py", "from flask import request"),
        ("ingest/publish.py", "from service.cli import main"),
    ],
)
def test_an_import_that_goes_upwards_or_aside_is_seen(copy, module, line):
    path = copy / "service" / module
    path.write_text(f"{path.read_text()}\n{line}\n")

    assert lint(copy).returncode != 0


def test_a_module_that_no_layer_names_is_seen(copy):
    (copy / "service" / "stray.py").write_text('"""Stray."""\n')

    assert lint(copy).returncode != 0
