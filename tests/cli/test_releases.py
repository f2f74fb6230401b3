"""`tradeflows releases withdraw` asks first, and `reinstate` undoes it without changing what was known between."""

import json

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.ingest.conftest import COMMODITIES_CSV, CSV_HEADER, MAPPING_TOML

CODE = "jpn-test-2024-02-28"
REQUEST = "/v1/flows?reporter=JPN&flow=X&period=2024-01&partner=CHN"


@pytest.fixture
def run(engine, tmp_path):
    """Return a function that runs the command in this process, with an answer to its question."""
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML)
    (tmp_path / "goods.csv").write_text(COMMODITIES_CSV)
    environment = {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(tmp_path / "home"),
    }

    def run_command(*arguments, answer=""):
        return CliRunner().invoke(main, arguments, env=environment, input=answer)

    for day, value in (("2024-01-31", 5), ("2024-02-28", 7)):
        file = tmp_path / f"{day}.csv"
        file.write_text(f"{CSV_HEADER}2024-01,export,CHN,all,{value}\n")
        assert run_command("load", "tidy", str(file), "--mapping", str(tmp_path / "mapping.toml")).exit_code == 0
    return run_command


def value_known_on(client, day):
    (row,) = client.get(f"{REQUEST}&as_of={day}").json["data"]
    return row["value"]


def test_a_withdrawal_is_confirmed_or_nothing_happens(run):
    refused, aborted = (run("releases", "withdraw", CODE, answer=answer) for answer in ("n\n", ""))
    withdrawal_days = [release["withdrawn_on"] for release in json.loads(run("releases", "list", "--json").stdout)]
    confirmed = run("releases", "withdraw", CODE, "--on", "2024-03-01", answer="y\n")

    assert (refused.exit_code, aborted.exit_code, withdrawal_days) == (1, 1, [None, None])
    assert (confirmed.exit_code, "is withdrawn from 2024-03-01 on" in confirmed.output) == (0, True)


def test_a_reinstated_release_stands_again_from_its_day_on(run, client):
    not_withdrawn = run("releases", "reinstate", CODE)
    run("releases", "withdraw", CODE, "--on", "2024-03-01", "--yes")
    too_early = run("releases", "reinstate", CODE, "--on", "2024-02-29")
    unknown = run("releases", "reinstate", "nothing")

    reinstated = run("releases", "reinstate", CODE, "--on", "2024-03-10")
    again = run("releases", "reinstate", CODE, "--on", "2024-03-10")

    assert [each.exit_code for each in (not_withdrawn, too_early, unknown, reinstated, again)] == [1, 1, 1, 0, 0]
    assert reinstated.output == f"{CODE} is current again as jpn-test-2024-03-10, 1 figures.\n"
    assert "nothing new" in again.output
    days = ("2024-02-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-09", "2024-03-10")
    assert [value_known_on(client, day) for day in days] == [5000, 7000, 7000, 5000, 5000, 7000]
    assert "3 releases verified, 0 faults." in run("verify").output


def test_reinstate_names_archived_files_that_are_missing_or_changed(run, client, tmp_path):
    run("releases", "withdraw", CODE, "--on", "2024-03-01", "--yes")
    files = {
        each["file"]: each["sha256"] for each in json.loads(run("releases", "show", CODE, "--json").stdout)["files"]
    }
    figures, mapping = (
        tmp_path / "home" / "archive" / files[name][:2] / files[name] for name in ("2024-02-28.csv", "mapping.toml")
    )
    content = figures.read_bytes()
    figures.write_bytes(content.replace(b",7", b",8"))
    changed = run("releases", "reinstate", CODE, "--on", "2024-03-10")
    figures.unlink()
    missing = run("releases", "reinstate", CODE, "--on", "2024-03-10")
    figures.write_bytes(content)
    mapping.unlink()
    mapping.mkdir()
    unreadable = run("releases", "reinstate", CODE, "--on", "2024-03-10")

    for result, reason in (
        (changed, "the archived bytes of 2024-02-28.csv are not those that were loaded"),
        (missing, f"the archive lacks the bytes of 2024-02-28.csv, {files['2024-02-28.csv']}"),
        (unreadable, "the archived bytes of mapping.toml cannot be read: Is a directory"),
    ):
        assert (result.exit_code, reason in result.output, "Restore" in result.output) == (69, True, True)
    assert value_known_on(client, "2024-03-10") == 5000
    assert "cannot be read" in run("verify").output
