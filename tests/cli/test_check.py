"""The command `tradeflows check`, on the demo."""

import json

import pytest
from click.testing import CliRunner

from service.cli.check import check
from service.cli.main import main

TEXT = "In January 2024 Japan's exports to China rose 29.2 percent; exports to the US fell 15.6 percent."


@pytest.fixture
def run_check(demo_engine, monkeypatch, tmp_path):
    """Return a function that runs the command on a text, and returns its output."""
    monkeypatch.setenv("DATABASE_URL", demo_engine.url.render_as_string(hide_password=False))
    file = tmp_path / "text.txt"
    file.write_text(TEXT)

    def run(*options):
        result = CliRunner().invoke(check, [str(file), "--published", "2024-02-29", *options])
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_each_number_is_a_line_with_its_verdict(run_check):
    assert run_check().splitlines() == [
        "29.2 percent: holds, figure 29.2195",
        "15.6 percent: contradicted, figure 15.6193",
    ]


def test_json_is_the_response_of_the_resource(run_check):
    response = json.loads(run_check("--json"))

    assert [row["verdict"] for row in response["data"]] == ["holds", "contradicted"]
    assert response["meta"]["published"] == "2024-02-29"


def test_a_running_service_gives_the_same_verdicts(run_check, demo_server_url):
    assert run_check("--url", demo_server_url) == run_check()


def test_an_unreachable_service_exits_with_69(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text(TEXT)

    result = CliRunner().invoke(main, ["check", str(file), "--url", "http://127.0.0.1:9"])

    assert (result.exit_code, "no service responds at http://127.0.0.1:9" in result.stderr) == (69, True)
