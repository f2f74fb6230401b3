"""The reference lists every setting; the guide to monitoring, the dashboard and the alerts list every metric."""

import json
import re
from pathlib import Path

import yaml

from service.config import load_settings

ROOT = Path(__file__).parents[2]
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"
MONITORING_GUIDE = ROOT / "docs" / "how-to" / "monitoring.md"
METRIC_NAME = re.compile(r"tradeflows_[a-z_]+")


class RecordingEnvironment(dict):
    """An environment that remembers which variables were asked for."""

    def __init__(self):
        super().__init__(DATABASE_URL="postgresql://user@host/database")
        self.requested_names = set()

    def get(self, name, default=None):
        self.requested_names.add(name)
        return super().get(name, default)


def exposed_metrics(demo):
    demo.get("/v1/reporters")
    return set(METRIC_NAME.findall(demo.get("/metrics").text))


def test_the_reference_lists_every_setting():
    environment = RecordingEnvironment()
    load_settings(environment)
    names = environment.requested_names - {"XDG_DATA_HOME"}
    settings = {name for name in names if name.removesuffix("_FILE") not in names - {name}}

    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS_PAGE.read_text(), re.MULTILINE))

    assert documented == settings


def metric_families(names):
    """Return the metrics that samples belong to."""
    return {re.sub("_(total|created|sum|count|bucket)$", "", name) for name in names}


def dashboard_panels():
    return json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())["panels"]


def test_the_guide_lists_exactly_the_exposed_metrics(demo):
    assert metric_families(METRIC_NAME.findall(MONITORING_GUIDE.read_text())) == metric_families(exposed_metrics(demo))


def test_the_dashboard_has_panels_for_exactly_the_exposed_metrics(demo):
    shown = {
        name
        for panel in dashboard_panels()
        for target in panel["targets"]
        for name in METRIC_NAME.findall(target["expr"])
    }

    assert metric_families(shown) == metric_families(exposed_metrics(demo))


def test_no_two_panels_share_a_position():
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard_panels()]

    assert len(set(places)) == len(places)


def test_the_alert_rules_match_the_guide():
    guide = re.sub(
        r"\[([^\]]+)\]\([^)]+\)", r"\1", MONITORING_GUIDE.read_text()
    )  # links of the page are plain text in a rule
    (group,) = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    rules = [(rule["alert"], rule["expr"], *rule["annotations"].values()) for rule in group["rules"]]

    assert rules == re.findall(r"^\| ([A-Z]\w+) \| `(.+?)` \| (.+) \| (.+) \|$", guide, re.MULTILINE)
