"""The offices' own files, as they come: all 32 monthly releases of Japan, and the press's figures out of them."""

import csv

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from tests.mapped import load_mapped

MAPPING = "docs/examples/japan-principal.toml"
PARTNERS = {"World": "WLD", "China": "CHN", "USA": "USA"}
FLOWS = {"export": "X", "import": "M"}
COMMODITIES = {
    "Total": "TOTAL",
    "Motor vehicles": "MOTOR-VEHICLES",
    "Semicon machinery etc": "SEMICON-MACHINERY-ETC",
    "Foodstuff": "FOODSTUFF",
}


@pytest.fixture(scope="module")
def japan(create_database, template, shared, pytestconfig, tmp_path_factory):
    """Return a client of a service that holds all monthly releases."""
    engine = create_engine(create_database("japan", template=template))
    files = sorted((shared / "japan" / "principal").iterdir())
    mapping, archive = pytestconfig.rootpath / MAPPING, tmp_path_factory.mktemp("archive")
    loaded = load_mapped(engine, files, mapping=mapping, lists=shared / "japan", archive=archive)
    assert [(each.rows, each.notes) for each in loaded] == [(5355, ())] * 32
    yield create_app(engine).test_client()
    engine.dispose()


def one(client, path, **question):
    (row,) = client.get(path, query_string={"reporter": "JPN"} | question).json["data"]
    return row


def test_all_releases_give_the_figures_of_the_demo(japan, demo):
    question = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2024-01", "limit": "1000"}
    columns = ("partner", "flow", "value", "yoy_pct", "pop_pct", "partner_share_pct", "partner_contribution_pp")
    figures = {
        tuple(row[name] for name in columns) for row in japan.get("/v1/flows", query_string=question).json["data"]
    }

    small = {tuple(row[name] for name in columns) for row in demo.get("/v1/flows", query_string=question).json["data"]}

    assert len(small) == 2 * 18
    assert small <= figures


def test_the_gap_of_the_summer_of_2021_is_shown_as_a_gap(japan):
    rows = japan.get("/v1/series?reporter=JPN&flow=X&period=2021-06..2021-09").json["data"]

    assert [(row["period"], row["value"] is None, row["yoy_status"]) for row in rows] == [
        ("2021-06", False, "base_missing"),
        ("2021-07", True, "value_missing"),
        ("2021-08", True, "value_missing"),
        ("2021-09", False, "base_missing"),
    ]
    assert one(japan, "/v1/flows", flow="X", period="2022-07")["yoy_status"] == "base_missing"


def test_a_page_of_everything_comes_in_full(japan):
    meta = japan.get("/v1/flows?reporter=JPN&partner=all&commodity=all&period=all&limit=1&count=exact").json["meta"]

    # 5,355 cells a month; 95 of them are of the World, and in each other area one of each flow is the total,
    # as are those of the European Union, which is no single area.
    assert 0.9 * 32 * 5355 < meta["total"] < 32 * 5355


def press_facts(shared):
    with (shared / "press" / "press_facts.csv").open() as file:
        return [
            fact
            for fact in csv.DictReader(file)
            if fact["measure"] == "yoy" and fact["flow"] in FLOWS and len(fact["month"]) == 7
        ]


def test_growth_is_what_the_press_wrote(japan, shared):
    checked = 0
    for fact in press_facts(shared):
        row = one(
            japan,
            "/v1/flows",
            flow=FLOWS[fact["flow"]],
            partner=PARTNERS[fact["partner"]],
            commodity=COMMODITIES[fact["commodity"]],
            period=fact["month"],
        )
        difference = row["yoy_pct"] - float(fact["value"])
        print(f"{fact['month']} {fact['flow']} {fact['partner']} {fact['commodity']}: {difference:+.2f}")
        # Figures of January are exact; those of other months are differences of publications of the year to date.
        assert abs(difference) <= (0.15 if fact["month"].endswith("-01") else 0.35), fact
        checked += 1
    assert checked == 16
