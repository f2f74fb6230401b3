"""The packages of the service are listed, checked for vulnerabilities, and contain no secrets."""

import json
import re
import subprocess
import sys

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.audit import summarize_report

LOCKED_REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", re.MULTILINE)
SAFE_PACKAGE = {"name": "a", "version": "1", "vulns": []}
VULNERABLE_PACKAGE = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED_PACKAGE = {"name": "c", "version": "3", "skip_reason": "nobody answers"}


@pytest.fixture(scope="module")
def root(pytestconfig):
    return pytestconfig.rootpath


@pytest.fixture(scope="module")
def sbom_text(root):
    return (root / "deploy" / "sbom.json").read_text()


def test_the_sbom_lists_every_locked_package_and_its_hashes(root, sbom_text):
    lock = (root / "requirements.lock").read_text()
    components = json.loads(sbom_text)["components"]
    hashes = [h for c in components for reference in c["externalReferences"] for h in reference["hashes"]]

    assert sorted((c["name"], c["version"]) for c in components) == sorted(LOCKED_REQUIREMENT.findall(lock))
    assert len(hashes) == lock.count("--hash=sha256:")


def test_the_sbom_has_the_licence_of_every_package(sbom_text):
    licences = {component["name"]: component.get("licenses") for component in json.loads(sbom_text)["components"]}

    assert [name for name, licence in licences.items() if not licence] == []
    assert licences["psycopg"] == [{"expression": "LGPL-3.0-only"}]


def test_the_notice_names_every_package_under_a_copyleft_licence(root, sbom_text):
    notice = (root / "NOTICE").read_text()
    components = json.loads(sbom_text)["components"]

    copyleft = [c["name"] for c in components if re.search("GPL|General Public|MPL|Mozilla", str(c["licenses"]))]

    assert copyleft
    assert [name for name in copyleft if name not in notice] == []


def test_the_sbom_is_cyclonedx(sbom_text):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom_text) is None


def test_the_sbom_is_reproducible(sbom_text):
    assert "serialNumber" not in json.loads(sbom_text)
    assert "timestamp" not in json.loads(sbom_text)["metadata"]


@pytest.mark.parametrize(
    ("packages", "exit_status", "message"),
    [
        ([SAFE_PACKAGE], 0, "no known vulnerability in 1 packages"),
        ([SAFE_PACKAGE, VULNERABLE_PACKAGE], 1, "known vulnerabilities:\n  b 2: CVE-1, fixed in 2.1"),
        ([SKIPPED_PACKAGE], 0, "NOT AUDITED, none of 1 packages: nobody answers"),
        ([SAFE_PACKAGE, SKIPPED_PACKAGE], 1, "not in the database: c"),
    ],
)
def test_an_audit_distinguishes_safe_vulnerable_and_unknown_packages(packages, exit_status, message):
    assert summarize_report({"dependencies": packages}) == (exit_status, message)


@pytest.mark.process
@pytest.mark.parametrize(
    ("line", "status"), [("token = 'AKIA" + "Z3MGXVTRP2QSKD7W'", 1), ("token = os.environ['TOKEN']", 0)]
)
def test_a_secret_in_a_file_is_detected(root, tmp_path, line, status):
    (tmp_path / "settings.py").write_text(f"{line}\n")
    hook = [sys.executable, "-m", "detect_secrets.pre_commit_hook", "--baseline", str(root / ".secrets.baseline")]
    ended = subprocess.run(
        [*hook, str(tmp_path / "settings.py")], capture_output=True, text=True, check=False, cwd=root
    )

    assert ended.returncode == status, ended.stdout + ended.stderr


def test_the_secrets_baseline_has_only_known_false_positives(root):
    baseline = json.loads((root / ".secrets.baseline").read_text())
    excused = sorted((file, each["type"]) for file, found in baseline["results"].items() for each in found)

    assert excused == [
        ("service/api/openapi/components.py", "Hex High Entropy String"),  # the example of an ETag
        ("service/api/parameters/common.py", "Base64 High Entropy String"),  # the example of a cursor
        ("tests/test_config.py", "Basic Auth Credentials"),  # the password of a database that is not there
    ]


def test_every_image_has_a_pinned_version_and_debian_release(root):
    base = re.findall(r"^ARG BASE=(\S+)$", (root / "Dockerfile").read_text(), re.MULTILINE)
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"].values()
    named = [service["image"] for service in services if "build" not in service]
    images = base + [re.sub(r"\$\{\w+:-(.*)\}", r"\1", image) for image in named]

    assert len(images) == 3
    assert [i for i in images if not re.fullmatch(r"\w+:\d+(\.\d+)?(-slim)?-bookworm", i)] == []
