"""The guide to operating names every setting and every metric; so do the dashboard and the alerts."""

import json
import re
from pathlib import Path

import yaml

from service.config import settings_from

ROOT = Path(__file__).parents[2]
METRIC = re.compile(r"tradeflows_[a-z_]+")


class Asked(dict):
    """An environment that remembers which variables were asked for."""

    def __init__(self):
        super().__init__(DATABASE_URL="postgresql://user@host/database")
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def known_metrics(demo):
    demo.get("/v1/reporters")
    return set(METRIC.findall(demo.get("/metrics").text))


def test_every_setting_is_in_the_guide():
    environment = Asked()
    settings_from(environment)
    settings = {name for name in environment.names if not name.endswith("_FILE")} - {"XDG_DATA_HOME"}

    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE))

    assert documented == settings


def families(names):
    """Return the metrics that samples belong to."""
    return {re.sub("_(total|created|sum|count|bucket)$", "", name) for name in names}


def panels():
    return json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())["panels"]


def test_the_guide_watches_every_metric_and_no_other(demo):
    assert families(METRIC.findall((ROOT / "docs" / "operate.md").read_text())) == families(known_metrics(demo))


def test_the_dashboard_has_a_panel_for_every_metric_and_for_no_other(demo):
    shown = {name for panel in panels() for target in panel["targets"] for name in METRIC.findall(target["expr"])}

    assert families(shown) == families(known_metrics(demo))


def test_no_two_panels_stand_in_the_same_place():
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]

    assert len(set(places)) == len(places)


def test_the_rules_for_prometheus_are_the_alerts_of_the_guide():
    (group,) = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    rules = [(rule["alert"], rule["expr"]) for rule in group["rules"]]

    assert rules == re.findall(
        r"^\| ([A-Z]\w+) \| `(.+?)` \|", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE
    )
