"""The command line: what it says, and with which status it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from service.db.embedded.server import is_server_running
from tests.ingest.conftest import COMMODITIES_CSV, CSV_HEADER, MAPPING_TOML

pytestmark = pytest.mark.process

COMMAND = Path(sys.executable).parent / "tradeflows"


def inherited_environment():
    """Return the variables that a command needs: the search paths of programs and of modules."""
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}


@pytest.fixture
def run(engine, tmp_path):
    """Return a function that runs the command on a database of its own, in a folder with a mapping."""
    (tmp_path / "goods.csv").write_text(COMMODITIES_CSV)
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML)
    (tmp_path / "2024-02-28.csv").write_text(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    (tmp_path / "2024-03-28.csv").write_text(CSV_HEADER + "2024-02,export,CHN,all,1_000\n")

    def command(*arguments, url=None):
        own = engine.url.render_as_string(hide_password=False)
        environment = {
            **inherited_environment(),
            "DATABASE_URL": own if url is None else url,
            "TRADEFLOWS_HOME": str(tmp_path / "home"),
        }
        return subprocess.run(
            [COMMAND, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return command


def test_loading_a_file_is_idempotent(run):
    first = run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")
    second = run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")

    assert (first.returncode, first.stdout) == (0, "2024-02-28.csv: jpn-test-2024-02-28, 1 figures\n")
    assert (second.returncode, second.stdout) == (0, "2024-02-28.csv: nothing new\n")


def test_an_invalid_file_exits_with_65_and_a_report(run):
    ended = run("load", "tidy", "2024-03-28.csv", "--mapping", "mapping.toml")

    assert ended.returncode == 65
    assert ended.stderr.splitlines() == [
        "tradeflows: 2024-03-28.csv: 1 defect",
        '  line 2, column value: "1_000" is not a number; write digits, with a decimal point at most',
    ]


def test_an_unavailable_database_exits_with_69(run):
    ended = run(
        "load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml", url="postgresql://nobody@/x?host=/nowhere"
    )

    assert ended.returncode == 69
    assert "the database is not available" in ended.stderr


def test_a_non_postgresql_url_is_rejected_with_a_message(run):
    ended = run("migrate", url="mysql://root@localhost/x")

    assert ended.returncode == 1
    assert "DATABASE_URL should read postgresql://" in ended.stderr


def test_an_invalid_date_is_rejected_with_a_message(run):
    ended = run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml", "--published", "2024-02-30")

    assert ended.returncode == 2
    assert "is not a date; a date reads 2024-02-28" in ended.stderr


def test_migrating_twice_changes_nothing(run):
    assert run("migrate").returncode == 0
    assert run("migrate").returncode == 0


def test_the_openapi_document_is_printed_without_a_database(run):
    assert '"openapi": "3.1.0"' in run("openapi").stdout


def test_an_occupied_port_is_reported_before_startup(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = run("serve", "--bind", address)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"tradeflows: cannot listen on {address}")


@pytest.mark.parametrize("address", ["8000", "localhost:http", "127.0.0.1:99999", "192.0.2.1:8000"])
def test_an_invalid_bind_address_is_rejected_with_a_message(run, address):
    assert "cannot listen on" in run("serve", "--bind", address).stderr


def test_releases_are_listed_shown_verified_and_withdrawn(run):
    run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")

    assert "jpn-test-2024-02-28" in run("releases", "list").stdout
    lines = run("releases", "show", "jpn-test-2024-02-28").stdout.splitlines()
    assert ["2024-02-28.csv", "62"] in [line.split()[:2] for line in lines]
    shown = json.loads(run("releases", "show", "jpn-test-2024-02-28", "--json").stdout)
    assert ("2024-02-28.csv", 62) in [(file["file"], file["bytes"]) for file in shown["files"]]
    assert json.loads(run("verify", "--json").stdout) == {
        "faults": 0,
        "releases": [{"release": "jpn-test-2024-02-28", "errors": [], "figure_count": 1, "skip_reason": None}],
        "datasets": [{"dataset": "jpn-test", "errors": []}],
    }
    verified = run("verify")
    assert (verified.returncode, verified.stdout.splitlines()) == (
        0,
        ["jpn-test-2024-02-28: 1 figures are those of its files", "1 releases verified, 0 faults."],
    )
    withdrawn = run("releases", "withdraw", "jpn-test-2024-02-28", "--on", "2024-03-01", "--yes")
    assert withdrawn.stdout == "jpn-test-2024-02-28 is withdrawn from 2024-03-01 on.\n"
    header, row = run("releases", "list").stdout.splitlines()
    assert header.split() == ["published_on", "code", "rows", "stage", "withdrawn_on", "file_name"]
    assert row.split() == ["2024-02-28", "jpn-test-2024-02-28", "1", "provisional", "2024-03-01", "2024-02-28.csv"]
    (release,) = json.loads(run("releases", "list", "--json").stdout)
    assert (release["code"], release["rows"], release["withdrawn_on"]) == ("jpn-test-2024-02-28", 1, "2024-03-01")


def test_verify_reports_a_damaged_archive(run, tmp_path):
    run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")
    archived = (path for path in (tmp_path / "home" / "archive").rglob("*") if path.is_file())
    (kept,) = (path for path in archived if path.read_text().startswith(CSV_HEADER))
    kept.write_text("something else")

    for ended in (run("verify"), run("verify", "--digests-only")):
        assert ended.returncode == 65
        assert "are not those that were loaded" in ended.stdout
        assert ended.stdout.endswith("1 releases verified, 1 faults.\n")


def test_verify_reports_a_changed_figure_and_exits_with_65(run, engine):
    run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")
    with engine.begin() as connection:
        connection.execute(text("UPDATE observation SET value = 126"))

    ended = run("verify")

    assert (ended.returncode, ended.stdout.splitlines()) == (
        65,
        [
            "jpn-test-2024-02-28: X CHN TOTAL 2024-01: value 125 in its files, 126 in the database",
            "1 releases verified, 1 faults.",
        ],
    )


def test_verify_counts_releases_of_earlier_versions(run, engine):
    run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")
    with engine.begin() as connection:
        connection.execute(text("UPDATE release SET source = NULL, source_dataset = NULL, source_options = NULL"))

    ended = run("verify")

    assert ended.returncode == 0
    assert ended.stdout.endswith("1 releases verified, 0 faults; 1 of them cannot be parsed again.\n")
    assert ended.stdout.startswith("jpn-test-2024-02-28: cannot be parsed again: an earlier version loaded it")


def test_a_corrected_mapping_is_not_a_duplicate_load(run, tmp_path):
    run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML.replace('export = "X"', 'export = "RX"'))

    ended = run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")

    assert ended.returncode == 65
    assert "loaded already, as jpn-test-2024-02-28, but another mapping parses other figures" in ended.stderr


def test_an_unknown_release_is_reported(run):
    assert "there is no release nonsense" in run("releases", "show", "nonsense").stderr


def test_only_commands_that_load_create_a_database(run, tmp_path):
    ended = run("releases", "list", url="")

    assert (ended.returncode, "there is no database in" in ended.stderr) == (69, True)
    assert not (tmp_path / "home").exists()


@pytest.mark.account
def test_a_command_announces_and_stops_the_database_it_created(run, tmp_path):
    created, again, verified = run("migrate", url=""), run("migrate", url=""), run("verify", url="")

    assert not is_server_running(tmp_path / "home")
    assert (created.returncode, created.stderr) == (
        0,
        f"Created a new, empty database in {tmp_path / 'home'}; TRADEFLOWS_HOME or DATABASE_URL names another one.\n",
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert (verified.returncode, verified.stdout) == (
        0,
        f"There are no releases in this database, so that nothing was verified ({tmp_path / 'home'}).\n",
    )


@pytest.mark.account
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_stop_a_background_service(tmp_path, stop):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = inherited_environment() | {"TRADEFLOWS_HOME": str(tmp_path / "home")}
    server = subprocess.Popen(
        [COMMAND, "serve", "--bind", address],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509 - as a shell does it
    )
    with server:
        assert any("Ctrl-C stops" in line for line in server.stdout)
        server.send_signal(stop)
        assert server.wait(20) == 0

    assert not is_server_running(tmp_path / "home")


def test_measures_are_loaded_and_invalid_files_exit_with_65(run, tmp_path, pytestconfig):
    demo = pytestconfig.rootpath / "service" / "demo"
    run("load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml")
    measures = (demo / "measures.toml").read_text().replace("JP-PC", "T").replace("SEMICON-MACHINERY-ETC", "F")
    (tmp_path / "measures.toml").write_text(measures)
    (tmp_path / "bad.toml").write_text(measures.replace('"F"', '"G"'))

    dry, first, second, bad = (
        run("load", "measures", *arguments)
        for arguments in (["measures.toml", "--dry-run"], ["measures.toml"], ["measures.toml"], ["bad.toml"])
    )

    assert dry.stdout == "measures.toml: measures 1 new\nDry run: nothing was stored.\n"
    assert (first.returncode, first.stdout) == (0, "measures.toml: measures 1 new\n")
    assert (second.returncode, second.stdout) == (0, "measures.toml: measures 1 as before\n")
    assert (bad.returncode, bad.stderr) == (
        65,
        'tradeflows: bad.toml: 1 defect\n  measure 1, goods 1, code: "G" is not a code of T\n',
    )


def test_replacing_indicators_removes_omitted_ones(run, tmp_path, pytestconfig):
    survey = (pytestconfig.rootpath / "service" / "demo" / "indicators.toml").read_text()
    (tmp_path / "one.toml").write_text(survey)
    (tmp_path / "other.toml").write_text(survey.replace("jccic-2024-01", "jccic-2024-05"))

    ended = [run("load", "indicators", *arguments) for arguments in (["one.toml"], ["other.toml", "--replace"])]

    assert [each.stdout for each in ended] == [
        "one.toml: indicators 1 new\n",
        "other.toml: indicators 1 new, 1 removed\n",
    ]
