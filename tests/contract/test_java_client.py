"""The Java client of docs/how-to/generate-clients.md is generated, compiles, and asks."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.clients.guide import prepare_folder, run_checked, run_guide_commands

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

GENERATED_ANNOTATION = (
    "package javax.annotation; public @interface Generated { String value(); String date(); String comments(); }"
)
"""What Maven would fetch from javax.annotation-api; all else stands in the generator's own archive."""


def generator_jar():
    """Return the generator's archive, with Jackson in it."""
    (path,) = (Path(place).glob("*.jar") for place in find_spec("openapi_generator_cli").submodule_search_locations)
    return next(path)


@pytest.mark.client(
    "openapi-generator-cli: Java", "generated, compiled, sends requests", guide="../how-to/generate-clients.md"
)
def test_the_java_client_compiles_and_fetches_the_figure(demo_server_url, tmp_path):
    if shutil.which("javac") is None:
        pytest.skip("javac, by which the generated code is compiled, is not on this machine")
    prepare_folder(tmp_path, demo_server_url)
    (tmp_path / "Generated.java").write_text(GENERATED_ANNOTATION)

    run_guide_commands("-g java ", tmp_path)
    sources = [str(path) for path in (tmp_path / "java-client" / "src" / "main").rglob("*.java")]
    run_checked(
        ["javac", "-nowarn", "-cp", generator_jar(), "-d", "out", "Generated.java", "Ask.java", *sources], tmp_path
    )
    asked = run_checked(["java", "-cp", f"out:{generator_jar()}", "Ask"], tmp_path)

    assert asked.strip() == "29.2195"
