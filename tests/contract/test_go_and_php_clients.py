"""The Go and the PHP client of docs/how-to/generate-clients.md are generated, compile, and ask."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.clients.guide import prepare_folder, run_checked, run_guide_commands

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

GUZZLE = Path("/usr/share/php/GuzzleHttp/autoload.php")


@pytest.fixture
def folder(demo_server_url, tmp_path):
    prepare_folder(tmp_path, demo_server_url)
    return tmp_path


@pytest.mark.client(
    "openapi-generator-cli: Go", "generated, compiled, sends requests", guide="../how-to/generate-clients.md"
)
def test_the_go_client_compiles_and_fetches_the_figure(folder):
    if shutil.which("go") is None:
        pytest.skip("go, by which the generated code is compiled, is not on this machine")
    run_guide_commands("-g go ", folder)

    printed = run_checked(["go", "run", "."], folder, GOFLAGS="-mod=mod", GOPROXY="off")

    assert json.loads(printed) == {"yoy_pct": 29.2195, "status": 422}


@pytest.mark.client("openapi-generator-cli: PHP", "generated, sends requests", guide="../how-to/generate-clients.md")
def test_the_php_client_fetches_the_figure(folder):
    if shutil.which("php") is None or not GUZZLE.exists():
        pytest.skip("php with Guzzle is not on this machine")
    run_guide_commands("-g php ", folder)

    assert json.loads(run_checked(["php", "ask.php"], folder)) == {"yoy_pct": 29.2195, "status": 422}
