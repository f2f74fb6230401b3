"""Generated requests get responses that the OpenAPI document describes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.server import run_server

pytestmark = pytest.mark.process

CONFIG_FILE = Path(__file__).parent / "schemathesis.toml"
EXAMPLES_PER_OPERATION = os.environ.get("SCHEMATHESIS_EXAMPLES", "4")
"""Cases that are made up for each operation, beside those that its description names and their edges."""
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
MIN_CASES = 2000
LONG_TIMEOUTS = dict.fromkeys(
    ("TRADEFLOWS_STATEMENT_TIMEOUT_MS", "TRADEFLOWS_DATABASE_TIMEOUT_MS", "TRADEFLOWS_POOL_TIMEOUT_MS"), "60000"
)
"""Timeouts for a busy machine: the test is of the contract, not of the speed."""


@pytest.fixture
def patient_server_url(demo_engine: Engine, tmp_path):
    """Yield the address of a server on the demo that answers late rather than not at all."""
    with run_server(demo_engine.url, log_file=tmp_path / "log", **LONG_TIMEOUTS) as address:
        yield address


def test_schemathesis_finds_no_failure(patient_server_url, tmp_path, record_property):
    report = tmp_path / "report.json"
    options = [
        f"--config-file={CONFIG_FILE}",
        "run",
        f"{patient_server_url}/openapi.json",
        "--checks=all",
        "--continue-on-failure",
    ]
    bounds = [
        "--workers=2",
        f"--seed={SEED}",
        f"--max-examples={EXAMPLES_PER_OPERATION}",
        f"--report-json-path={report}",
        "--report=json",
    ]

    tried = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *options, *bounds, "--no-color", "--output-truncate=true"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    found = json.loads(report.read_text()) if report.exists() else {}
    assert tried.returncode == 0, tried.stdout[-20_000:] + tried.stderr[-5_000:]
    assert found["complete"]
    assert found["operations"]["tested"] == found["operations"]["total"] > 20
    assert found["test_cases"]["generated"] >= MIN_CASES
    assert (found["failures"], found["errors"], found["test_cases"]["errored"]) == ([], [], 0)
    record_property("cases", found["test_cases"]["generated"])
    print(f"{found['test_cases']['generated']} cases of {found['operations']['total']} operations, seed {SEED}")
