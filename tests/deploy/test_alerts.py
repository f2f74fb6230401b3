"""The rules and the dashboard as Prometheus itself reads them, and what makes each alert go off."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

DEPLOY_FOLDER = Path(__file__).parents[2] / "deploy"
RULES_FILE = DEPLOY_FOLDER / "alerts.yml"
INCREASING_SERIES, CONSTANT_SERIES, EVALUATION_TIME = "0+60x120", "1x120", "2h"
SERIES_BY_ALERT = {
    "DatabaseDown": {"tradeflows_database_up": "0x120"},
    "RequestsRejected": {"tradeflows_requests_rejected_total": INCREASING_SERIES},
    "InternalErrors": {'tradeflows_http_request_duration_seconds_count{status="500"}': INCREASING_SERIES},
    "HighLatency": {
        'tradeflows_http_request_duration_seconds_bucket{le="2"}': "0+10x120",
        'tradeflows_http_request_duration_seconds_bucket{le="5"}': INCREASING_SERIES,
        'tradeflows_http_request_duration_seconds_bucket{le="+Inf"}': INCREASING_SERIES,
    },
    "StatementTimeouts": {'tradeflows_http_request_duration_seconds_count{status="504"}': INCREASING_SERIES},
    "ConnectionPoolExhausted": {
        'tradeflows_db_connections_in_use{pool="exports"}': "4x120",
        'tradeflows_db_connections_max{pool="exports"}': "4x120",
    },
    "DataStale": {'tradeflows_release_age_seconds{dataset="a"}': f"{63 * 86400}x120"},
    "CacheIneffective": {
        'tradeflows_cache_requests_total{result="hit"}': "0x120",
        'tradeflows_cache_requests_total{result="miss"}': INCREASING_SERIES,
    },
    "NoRecentLoad": {"tradeflows_data_version": "17x120"},
    "ReplicaDown": {'tradeflows_replica_up{server="a",role="read"}': "0x120"},
    "ReplicaLagging": {'tradeflows_replica_lag_versions{server="a",role="read"}': CONSTANT_SERIES},
}
"""Of each alert, what Prometheus sees minute by minute in two hours at whose end it goes off."""


@pytest.fixture
def run_promtool(tmp_path):
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


def load_rules():
    return yaml.safe_load(RULES_FILE.read_text())


def test_prometheus_accepts_the_rules(run_promtool):
    status, said = run_promtool("check", "rules", described=load_rules())

    assert (status, f"SUCCESS: {len(SERIES_BY_ALERT)} rules found" in said) == (0, True), said


def test_prometheus_accepts_the_dashboard_queries(run_promtool):
    panels = json.loads((DEPLOY_FOLDER / "grafana-dashboard.json").read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    group = {"name": "panels", "rules": [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(asked)]}

    status, said = run_promtool("check", "rules", described={"groups": [group]})

    assert (status, f"SUCCESS: {len(asked)} rules found" in said) == (0, True), said


@pytest.mark.parametrize("alert", SERIES_BY_ALERT)
def test_each_condition_fires_only_its_alert(run_promtool, alert):
    series = [{"series": name, "values": values} for name, values in SERIES_BY_ALERT[alert].items()]
    seen = {
        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
        "eval_time": EVALUATION_TIME,
        "exp_samples": [{"labels": f'{{alertname="{alert}"}}', "value": 1}],
    }
    tests = [{"interval": "1m", "input_series": series, "promql_expr_test": [seen]}]

    status, said = run_promtool("test", "rules", described={"rule_files": [str(RULES_FILE)], "tests": tests})

    assert status == 0, said


def test_every_alert_has_a_test_series():
    assert [rule["alert"] for rule in load_rules()["groups"][0]["rules"]] == list(SERIES_BY_ALERT)
