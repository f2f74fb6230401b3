"""Imports go downwards only."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

LINT_COMMAND = Path(sys.executable).parent / "lint-imports"


@pytest.fixture
def copy(pytestconfig, tmp_path):
    """Return a copy of the code and of the contracts."""
    for package in ("service", "tradeflows"):
        shutil.copytree(pytestconfig.rootpath / package, tmp_path / package)
    shutil.copy(pytestconfig.rootpath / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder):
    command = [LINT_COMMAND, "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_hold(copy):
    checked = lint_imports(copy)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("../tradeflows/client.py", "from service.models import base"),
        ("models/base.py", "from service.api.responses import response"),
        ("resources/flows/queries.py", "from service.resources.series import queries"),
        ("analytics/measures/growth.py", "from flask import request"),
        ("ingest/release/publish.py", "from service.cli import main"),
    ],
)
def test_a_forbidden_import_is_detected(copy, module, line):
    path = copy / "service" / module
    path.write_text(f"{path.read_text()}\n{line}\n")

    assert lint_imports(copy).returncode != 0


def test_a_module_outside_all_layers_is_detected(copy):
    (copy / "service" / "stray.py").write_text('"""Stray."""\n')

    assert lint_imports(copy).returncode != 0
