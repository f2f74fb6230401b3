"""What the service is made of is listed, asked about, and without secrets."""

import json
import re
import subprocess
import sys

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.audit import verdict

LOCKED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", re.MULTILINE)
HARMLESS = {"name": "a", "version": "1", "vulns": []}
FAULTY = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "version": "3", "skip_reason": "nobody answers"}


@pytest.fixture(scope="module")
def root(pytestconfig):
    return pytestconfig.rootpath


@pytest.fixture(scope="module")
def bill(root):
    return (root / "deploy" / "sbom.json").read_text()


def test_the_list_names_every_locked_package_and_its_hashes(root, bill):
    lock = (root / "requirements.lock").read_text()
    components = json.loads(bill)["components"]
    hashes = [h for c in components for reference in c["externalReferences"] for h in reference["hashes"]]

    assert sorted((c["name"], c["version"]) for c in components) == sorted(LOCKED.findall(lock))
    assert len(hashes) == lock.count("--hash=sha256:")


def test_the_list_is_cyclonedx(bill):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_the_list_has_no_time_and_no_number_so_that_it_can_be_made_again(bill):
    assert "serialNumber" not in json.loads(bill)
    assert "timestamp" not in json.loads(bill)["metadata"]


@pytest.mark.parametrize(
    ("packages", "ends_with", "says"),
    [
        ([HARMLESS], 0, "no fault is known of 1 packages"),
        ([HARMLESS, FAULTY], 1, "known faults:\n  b 2: CVE-1, mended in 2.1"),
        ([SKIPPED], 0, "NOT AUDITED, none of 1 packages: nobody answers"),
        ([HARMLESS, SKIPPED], 1, "could not be asked for: c"),
    ],
)
def test_an_audit_says_what_is_known_and_what_is_not(packages, ends_with, says):
    assert verdict({"dependencies": packages}) == (ends_with, says)


@pytest.mark.parametrize(
    ("line", "status"), [("token = 'AKIA" + "Z3MGXVTRP2QSKD7W'", 1), ("token = os.environ['TOKEN']", 0)]
)
def test_a_secret_in_a_file_is_found(root, tmp_path, line, status):
    (tmp_path / "settings.py").write_text(f"{line}\n")
    hook = [sys.executable, "-m", "detect_secrets.pre_commit_hook", "--baseline", str(root / ".secrets.baseline")]
    ended = subprocess.run(
        [*hook, str(tmp_path / "settings.py")], capture_output=True, text=True, check=False, cwd=root
    )

    assert ended.returncode == status, ended.stdout + ended.stderr


def test_the_baseline_excuses_no_more_than_is_known_to_be_none(root):
    baseline = json.loads((root / ".secrets.baseline").read_text())
    excused = sorted((file, each["type"]) for file, found in baseline["results"].items() for each in found)

    assert excused == [
        ("service/api/parameters/common.py", "Base64 High Entropy String"),  # the example of a cursor
        ("service/api/openapi/components.py", "Hex High Entropy String"),  # the example of an ETag
        ("tests/test_config.py", "Basic Auth Credentials"),  # the password of a database that is not there
    ]


def test_every_image_is_of_a_version_and_a_debian_that_are_named(root):
    base = re.findall(r"^ARG BASE=(\S+)$", (root / "Dockerfile").read_text(), re.MULTILINE)
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"].values()
    named = [service["image"] for service in services if "build" not in service]
    images = base + [re.sub(r"\$\{\w+:-(.*)\}", r"\1", image) for image in named]

    assert len(images) == 3
    assert [i for i in images if not re.fullmatch(r"\w+:\d+(\.\d+)?(-slim)?-bookworm", i)] == []
