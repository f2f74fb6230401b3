"""The search for the dearest requests leaves out no resource that reads figures."""

import json

from sqlalchemy import create_engine

from service.app import create_app
from tools.dearest_requests import DOCUMENT, FIGURELESS_PATHS, SAME_QUERY, KnownValues, searched_resources

VALUES = KnownValues(
    reporters=["DEU"],
    datasets=["a"],
    partners=["CHN"],
    groups=["EU"],
    commodities={2: ["01"], 6: ["010121"]},
    measures=["a"],
    releases=["a"],
    days=["2024-01-01"],
    last_period="2023-12",
)
LISTS = {"/v1", "/v1/briefings"}


def test_every_resource_with_figures_is_searched():
    rules = {rule.rule for rule in create_app(create_engine("postgresql://")).url_map.iter_rules()}
    searched = {path.split("{")[0] for path, _ in searched_resources(json.loads(DOCUMENT.read_text()), VALUES)}

    left_out = {rule for rule in rules if rule.split("<")[0] not in searched}

    assert {rule for rule in left_out if not rule.startswith((*FIGURELESS_PATHS, *SAME_QUERY))} == LISTS
