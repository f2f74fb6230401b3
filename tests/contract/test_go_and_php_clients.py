"""The Go and the PHP client of docs/how-to/generate-clients.md are generated, compile, and ask."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_commands import DOCUMENTED_URL, ROOT, code_blocks

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

BLOCKS = list(code_blocks(ROOT / "docs" / "how-to" / "generate-clients.md"))
GUZZLE = Path("/usr/share/php/GuzzleHttp/autoload.php")


def run_checked(command, folder, **environment):
    path = f"{Path(sys.executable).parent}:/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": path, "HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def folder(demo_server_url, tmp_path):
    """Return a folder with the description and all files of the page, whose address is that of the service."""
    shutil.copytree(ROOT / "openapi", tmp_path / "openapi")
    for block in BLOCKS:
        if block.argument in {"go.mod", "main.go", "ask.php"}:
            (tmp_path / block.argument).write_text(block.text.replace(DOCUMENTED_URL, demo_server_url))
    return tmp_path


def generate(language, folder):
    (commands,) = (block.text for block in BLOCKS if f"-g {language} " in block.text)
    run_checked(["bash", "-euc", commands], folder)


def test_the_go_client_compiles_and_fetches_the_figure(folder):
    if shutil.which("go") is None:
        pytest.skip("go, by which the generated code is compiled, is not on this machine")
    generate("go", folder)

    printed = run_checked(["go", "run", "."], folder, GOFLAGS="-mod=mod", GOPROXY="off")

    assert json.loads(printed) == {"yoy_pct": 29.2195, "status": 422}


def test_the_php_client_fetches_the_figure(folder):
    if shutil.which("php") is None or not GUZZLE.exists():
        pytest.skip("php with Guzzle is not on this machine")
    generate("php", folder)

    assert json.loads(run_checked(["php", "ask.php"], folder)) == {"yoy_pct": 29.2195, "status": 422}
