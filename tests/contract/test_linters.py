"""The description passes Spectral and Redocly, by their recommended rules, without an error or a warning."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESCRIPTION = ROOT / "openapi" / "v1.json"
SPECTRAL = ("spectral", "lint", "--fail-severity=hint")
REDOCLY = ("redocly", "lint")


@pytest.fixture(scope="module")
def linters(tmp_path_factory):
    """Return a folder where the linters are installed as they are locked, with their rules."""
    if shutil.which("npm") is None:
        pytest.skip("npm, by which Spectral and Redocly are installed, is not on this machine")
    folder = tmp_path_factory.mktemp("linters")
    shutil.copytree(ROOT / "tests" / "linters", folder, dirs_exist_ok=True)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder).check_returncode()
    return folder


def run(command, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", str(folder))}
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return subprocess.run(
        command, cwd=folder, env=environment | quiet, capture_output=True, text=True, check=False, timeout=300
    )


def lint(linter, description, folder):
    return run(["npx", "--no-install", *linter, str(description)], folder)


@pytest.mark.parametrize("linter", [SPECTRAL, REDOCLY])
def test_the_description_has_neither_an_error_nor_a_warning(linters, linter):
    linted = lint(linter, DESCRIPTION, linters)

    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("linter", [SPECTRAL, REDOCLY])
def test_a_warning_is_seen(linters, linter, tmp_path):
    document = json.loads(DESCRIPTION.read_text("utf-8"))
    document["paths"]["/v1/flows"]["get"]["tags"] = []
    document["paths"]["/v1/flows"]["get"].pop("operationId")
    path = tmp_path / "warned.json"
    path.write_text(json.dumps(document))

    linted = lint(linter, path, linters)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert "operation-operationId" in linted.stdout + linted.stderr


@pytest.mark.parametrize("lock", ["docs/clients/package-lock.json", "tests/linters/package-lock.json"])
def test_every_package_is_locked_with_a_hash_and_without_an_address(lock):
    packages = json.loads((ROOT / lock).read_text())["packages"]

    installed = {name: package for name, package in packages.items() if name}
    assert len(installed) > 10
    assert [name for name, package in installed.items() if "integrity" not in package or "resolved" in package] == []
