"""The guide to operating names every setting and only metrics that there are; so does the dashboard."""

import json
import re
from pathlib import Path

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


def test_every_metric_of_the_guide_is_there(demo):
    assert set(METRIC.findall((ROOT / "docs" / "operate.md").read_text())) <= known_metrics(demo)


def test_every_metric_of_the_dashboard_is_there(demo):
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())
    asked = {name for panel in dashboard["panels"] for name in METRIC.findall(panel["targets"][0]["expr"])}

    assert len(asked) >= 6
    assert asked <= known_metrics(demo)
