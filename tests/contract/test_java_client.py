"""The Java client of docs/clients.md is generated, compiles, and asks."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.test_commands import ADDRESS, ROOT, blocks

PAGE = list(blocks(ROOT / "docs" / "clients.md"))
ANNOTATION = (
    "package javax.annotation; public @interface Generated { String value(); String date(); String comments(); }"
)
"""What Maven would fetch from javax.annotation-api; all else stands in the generator's own archive."""


def archive():
    """Return the generator's archive, with Jackson in it."""
    (path,) = (Path(place).glob("*.jar") for place in find_spec("openapi_generator_cli").submodule_search_locations)
    return next(path)


def test_the_java_client_compiles_and_asks_for_the_figure(served, tmp_path):
    if shutil.which("javac") is None:
        pytest.skip("javac, by which the generated code is compiled, is not on this machine")
    shutil.copytree(ROOT / "openapi", tmp_path / "openapi")
    (generate,) = (block.text for block in PAGE if "openapi-generator-cli generate" in block.text)
    (ask,) = (block for block in PAGE if block.note == "Ask.java")
    (tmp_path / "Generated.java").write_text(ANNOTATION)
    (tmp_path / ask.note).write_text(ask.text.replace(ADDRESS, served))

    run(["bash", "-euc", f"PATH={Path(sys.executable).parent}:$PATH\n{generate}"], tmp_path)
    sources = [str(path) for path in (tmp_path / "java-client" / "src" / "main").rglob("*.java")]
    run(["javac", "-nowarn", "-cp", archive(), "-d", "out", "Generated.java", "Ask.java", *sources], tmp_path)
    asked = run(["java", "-cp", f"out:{archive()}", "Ask"], tmp_path)

    assert asked.stdout.strip() == "29.2195"


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done
