"""The description passes Spectral and Redocly, by their recommended rules, without an error or a warning."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

ROOT = Path(__file__).parents[2]
OPENAPI_FILE = ROOT / "openapi" / "v1.json"
SPECTRAL_COMMAND = ("spectral", "lint", "--fail-severity=hint")
REDOCLY_COMMAND = ("redocly", "lint")


@pytest.fixture(scope="module")
def linter_folder(tmp_path_factory):
    """Return a folder where the linters are installed as they are locked, with their rules."""
    if shutil.which("npm") is None:
        pytest.skip("npm, by which Spectral and Redocly are installed, is not on this machine")
    folder = tmp_path_factory.mktemp("linters")
    shutil.copytree(ROOT / "tests" / "linters", folder, dirs_exist_ok=True)
    run_command(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder).check_returncode()
    return folder


def run_command(command, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", str(folder))}
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return subprocess.run(
        command, cwd=folder, env=environment | quiet, capture_output=True, text=True, check=False, timeout=300
    )


def lint_document(linter, document_file, folder):
    return run_command(["npx", "--no-install", *linter, str(document_file)], folder)


@pytest.mark.parametrize("linter", [SPECTRAL_COMMAND, REDOCLY_COMMAND])
def test_the_document_passes_the_linters(linter_folder, linter):
    linted = lint_document(linter, OPENAPI_FILE, linter_folder)

    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("linter", [SPECTRAL_COMMAND, REDOCLY_COMMAND])
def test_a_warning_is_reported(linter_folder, linter, tmp_path):
    document = json.loads(OPENAPI_FILE.read_text("utf-8"))
    document["paths"]["/v1/flows"]["get"]["tags"] = []
    document["paths"]["/v1/flows"]["get"].pop("operationId")
    path = tmp_path / "warned.json"
    path.write_text(json.dumps(document))

    linted = lint_document(linter, path, linter_folder)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert "operation-operationId" in linted.stdout + linted.stderr


@pytest.mark.parametrize("lock", ["docs/clients/package-lock.json", "tests/linters/package-lock.json"])
def test_every_package_is_locked_with_a_hash_and_without_a_url(lock):
    packages = json.loads((ROOT / lock).read_text())["packages"]

    installed = {name: package for name, package in packages.items() if name}
    assert len(installed) > 10
    assert [name for name, package in installed.items() if "integrity" not in package or "resolved" in package] == []
