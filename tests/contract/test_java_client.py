"""The Java client of docs/how-to/generate-clients.md is generated, compiles, and asks."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.test_commands import DOCUMENTED_URL, ROOT, code_blocks

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

CLIENTS_GUIDE_BLOCKS = list(code_blocks(ROOT / "docs" / "how-to" / "generate-clients.md"))
GENERATED_ANNOTATION = (
    "package javax.annotation; public @interface Generated { String value(); String date(); String comments(); }"
)
"""What Maven would fetch from javax.annotation-api; all else stands in the generator's own archive."""


def generator_jar():
    """Return the generator's archive, with Jackson in it."""
    (path,) = (Path(place).glob("*.jar") for place in find_spec("openapi_generator_cli").submodule_search_locations)
    return next(path)


def test_the_java_client_compiles_and_fetches_the_figure(demo_server_url, tmp_path):
    if shutil.which("javac") is None:
        pytest.skip("javac, by which the generated code is compiled, is not on this machine")
    shutil.copytree(ROOT / "openapi", tmp_path / "openapi")
    (generate,) = (block.text for block in CLIENTS_GUIDE_BLOCKS if "-g java" in block.text)
    (ask,) = (block for block in CLIENTS_GUIDE_BLOCKS if block.argument == "Ask.java")
    (tmp_path / "Generated.java").write_text(GENERATED_ANNOTATION)
    (tmp_path / ask.argument).write_text(ask.text.replace(DOCUMENTED_URL, demo_server_url))

    run_checked(["bash", "-euc", f"PATH={Path(sys.executable).parent}:$PATH\n{generate}"], tmp_path)
    sources = [str(path) for path in (tmp_path / "java-client" / "src" / "main").rglob("*.java")]
    run_checked(
        ["javac", "-nowarn", "-cp", generator_jar(), "-d", "out", "Generated.java", "Ask.java", *sources], tmp_path
    )
    asked = run_checked(["java", "-cp", f"out:{generator_jar()}", "Ask"], tmp_path)

    assert asked.stdout.strip() == "29.2195"


def run_checked(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done
