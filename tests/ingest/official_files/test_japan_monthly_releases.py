"""All 32 monthly releases of Japan, from the official files."""

import pytest

pytestmark = pytest.mark.large


def fetch_row(client, path, **query):
    (row,) = client.get(path, query_string={"reporter": "JPN"} | query).json["data"]
    return row


def test_the_official_releases_match_the_demo(japan_client, demo):
    question = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2024-01", "limit": "1000"}
    columns = ("partner", "flow", "value", "yoy_pct", "pop_pct", "partner_share_pct", "partner_contribution_pp")
    figures = {
        tuple(row[name] for name in columns)
        for row in japan_client.get("/v1/flows", query_string=question).json["data"]
    }

    small = {tuple(row[name] for name in columns) for row in demo.get("/v1/flows", query_string=question).json["data"]}

    assert len(small) == 2 * 18
    assert small <= figures


def test_the_missing_months_of_2021_are_gaps(japan_client):
    rows = japan_client.get("/v1/series?reporter=JPN&flow=X&period=2021-06..2021-09").json["data"]

    assert [(row["period"], row["value"] is None, row["yoy_status"]) for row in rows] == [
        ("2021-06", False, "base_missing"),
        ("2021-07", True, "value_missing"),
        ("2021-08", True, "value_missing"),
        ("2021-09", False, "base_missing"),
    ]
    assert fetch_row(japan_client, "/v1/flows", flow="X", period="2022-07")["yoy_status"] == "base_missing"


def test_a_request_for_all_series_counts_every_row(japan_client):
    path = "/v1/flows?reporter=JPN&partner=all&commodity=all&limit=1&count=exact"
    year, every_year = (japan_client.get(f"{path}&period={period}") for period in ("2023", "all"))

    # 5,355 cells a month; 95 of them are of the World, and in each other area one of each flow is the total,
    # as are those of the European Union, which is no single area.
    assert 0.9 * 12 * 5355 < year.json["meta"]["total"] < 12 * 5355
    assert (every_year.status_code, every_year.json["type"]) == (422, "/problems/request-too-large")
