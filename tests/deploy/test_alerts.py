"""The rules and the dashboard as Prometheus itself reads them, and what makes each alert go off."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "alerts.yml"
GROWS, STANDS, WITHIN = "0+60x120", "1x120", "2h"
GOES_OFF = {
    "DatabaseAway": {"tradeflows_database_available": "0x120"},
    "TurnedAway": {"tradeflows_turned_away_total": GROWS},
    "ServiceFails": {'tradeflows_request_seconds_count{status="500"}': GROWS},
    "TooSlow": {
        'tradeflows_request_seconds_bucket{le="2"}': "0+10x120",
        'tradeflows_request_seconds_bucket{le="5"}': GROWS,
        'tradeflows_request_seconds_bucket{le="+Inf"}': GROWS,
    },
    "TookTooLong": {'tradeflows_request_seconds_count{status="504"}': GROWS},
    "ConnectionsAllInUse": {
        'tradeflows_connections_in_use{pool="exports"}': "4x120",
        'tradeflows_connections_most{pool="exports"}': "4x120",
    },
    "FiguresOld": {'tradeflows_release_age_days{dataset="a"}': "63x120"},
    "NothingKept": {
        'tradeflows_answers_total{cache="hit"}': "0x120",
        'tradeflows_answers_total{cache="miss"}': GROWS,
    },
    "LoadMovedNothing": {"tradeflows_data_version": "17x120"},
    "ServerAway": {'tradeflows_server_available{server="a",role="read"}': "0x120"},
    "StandbyBehind": {'tradeflows_server_versions_behind{server="a",role="read"}': STANDS},
}
"""Of each alert, what Prometheus sees minute by minute in two hours at whose end it goes off."""


@pytest.fixture
def promtool(tmp_path):
    """Return a function that runs promtool with a file, written anew, and returns its status and what it says."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool, of Debian's package prometheus, is not on this machine")

    def run(*command, described):
        file = tmp_path / "file.yml"
        file.write_text(json.dumps(described))
        ended = subprocess.run([found, *command, file], capture_output=True, text=True, timeout=60, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    return run


def rules():
    return yaml.safe_load(RULES.read_text())


def test_prometheus_reads_the_rules(promtool):
    status, said = promtool("check", "rules", described=rules())

    assert (status, f"SUCCESS: {len(GOES_OFF)} rules found" in said) == (0, True), said


def test_prometheus_reads_what_the_dashboard_asks(promtool):
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    group = {"name": "panels", "rules": [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(asked)]}

    status, said = promtool("check", "rules", described={"groups": [group]})

    assert (status, f"SUCCESS: {len(asked)} rules found" in said) == (0, True), said


@pytest.mark.parametrize("alert", GOES_OFF)
def test_an_alert_goes_off_at_what_it_is_for_and_no_other_does(promtool, alert):
    series = [{"series": name, "values": values} for name, values in GOES_OFF[alert].items()]
    seen = {
        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
        "eval_time": WITHIN,
        "exp_samples": [{"labels": f'{{alertname="{alert}"}}', "value": 1}],
    }
    tests = [{"interval": "1m", "input_series": series, "promql_expr_test": [seen]}]

    status, said = promtool("test", "rules", described={"rule_files": [str(RULES)], "tests": tests})

    assert status == 0, said


def test_every_alert_is_made_to_go_off():
    assert [rule["alert"] for rule in rules()["groups"][0]["rules"]] == list(GOES_OFF)
