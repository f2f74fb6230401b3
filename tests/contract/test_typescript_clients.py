"""The TypeScript clients of docs/how-to/generate-clients.md: four generators, one installation and one compilation."""

import json
import shutil

import pytest

from tests.support.clients.guide import prepare_folder, run_checked, run_guide_commands

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

ANSWER = {"yoy_pct": 29.2195, "status": 422}
PROBLEM = {"status": 422, "parameter": "partner", "suggestions": []}
TESTED = "generated, compiled with all strict checks, sends requests"


@pytest.fixture(scope="module")
def folder(demo_server_url, tmp_path_factory):
    if shutil.which("npm") is None:
        pytest.skip("npm, by which the generators are installed, is not on this machine")
    folder = tmp_path_factory.mktemp("typescript")
    prepare_folder(folder, demo_server_url)
    run_guide_commands("npm ci", folder)
    return folder


def client_case(generator, program, answer):
    mark = pytest.mark.client(generator, TESTED, guide="../how-to/generate-clients.md")
    return pytest.param(program, answer, marks=mark, id=generator)


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        client_case("openapi-typescript", "ask.js", {"yoy_pct": 29.2195, "rows": 1000, "problem": PROBLEM}),
        client_case("@hey-api/openapi-ts", "ask-hey-api.js", ANSWER),
        client_case("orval", "ask-orval.js", ANSWER),
        client_case("swagger-typescript-api", "ask-swagger-typescript-api.js", ANSWER),
    ],
)
def test_generated_typescript_compiles_and_fetches_the_figure(folder, program, answer):
    assert json.loads(run_checked(["node", program], folder)) == answer
