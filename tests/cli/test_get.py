"""The command `tradeflows get`, on the demo: figures published by Japan Customs on 28 February 2024."""

import json

import pytest
from click.testing import CliRunner

from service.cli.main import main

FIGURE = ["flows", "--reporter", "JPN", "--partner", "CHN", "--flow", "X", "--period", "2024-01"]


@pytest.fixture
def run_get(demo_engine, monkeypatch):
    """Return a function that runs the command on the database of the demo."""
    monkeypatch.setenv("DATABASE_URL", demo_engine.url.render_as_string(hide_password=False))

    def run(*arguments):
        return CliRunner().invoke(main, ["get", *arguments])

    return run


def test_one_figure_is_printed_as_names_and_values(run_get):
    result = run_get(*FIGURE, "--fields", "value,yoy_pct,release")

    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert (lines["value"], lines["yoy_pct"]) == ("1250314515000", "29.2195")
    assert lines["release"] == "jpn-pc-m-demo-2024-02-28"
    assert result.stderr.splitlines() == ["Source: Trade Statistics of Japan, Ministry of Finance", "As of 2024-02-28."]


def test_several_rows_are_a_table_with_a_header_below_their_shared_values(run_get):
    period = "--period=2023-12,2024-01"
    result = run_get("series", "--reporter=JPN", "--flow=X", period, "--fields=period,value")

    shared, table = result.stdout.split("\n\n")
    assert "reporter        JPN" in shared.splitlines()
    assert table.splitlines() == [
        "period           value",
        "2023-12  9643349857000",
        "2024-01  7332754388000",
    ]


def test_json_and_other_formats_are_those_of_the_api(run_get, tmp_path):
    figure = json.loads(run_get(*FIGURE, "--json").stdout)["data"][0]
    lines = run_get(*FIGURE, "--format", "csv", "--fields", "value").stdout.splitlines()
    written = run_get(*FIGURE, "--format", "parquet", "--output", str(tmp_path / "figures.parquet"))

    assert (figure["value"], figure["yoy_pct"]) == (1250314515000, 29.2195)
    assert lines[-1].endswith("1250314515000")
    assert (written.stdout, (tmp_path / "figures.parquet").read_bytes()[:4]) == ("", b"PAR1")


def test_a_running_service_returns_what_the_database_has(run_get, demo_server_url):
    assert run_get(*FIGURE, "--url", demo_server_url).stdout == run_get(*FIGURE).stdout


def test_all_invalid_parameters_are_reported(run_get):
    result = run_get("flows", "--reporter", "JPX", "--flw", "X")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0] == "tradeflows: Invalid parameter"
    assert "reporter 'JPX': it is neither the code nor the name of an area" in result.stderr
    assert "flw 'X': there is no such parameter; did you mean flow?" in result.stderr


@pytest.mark.parametrize("arguments", [["--reporter", "JPN", "flows"], ["flows", "JPN"]])
def test_arguments_without_a_name_are_a_usage_error(run_get, arguments):
    assert run_get(*arguments).exit_code == 2


def test_an_unreachable_service_exits_with_69(run_get):
    result = run_get("flows", "--url", "http://127.0.0.1:9")

    assert result.exit_code == 69
    assert result.stderr.startswith(
        "tradeflows: no service responds at http://127.0.0.1:9 (the connection was refused): "
    )
    assert "`tradeflows serve`" in result.stderr
    assert "--url or TRADEFLOWS_URL" in result.stderr
