"""The price of a request: how many figures its response is computed from, known before they are read."""

import pytest

PERIODS = ("1900-01", "2024-01")
SERIES = {(flow, "CHN", "TOTAL", period): 5 for flow in "XM" for period in PERIODS}
WHOLE_REQUEST = {"reporter": "JPN", "partner": "all", "period": "all"}
"""Two flows, over 200 partners, and 1,489 months: more than 250,000 figures, if the dataset has so many."""


@pytest.fixture
def client_of_large_dataset(client, figures):
    """Return a client of a service whose dataset says that its file had a million rows."""
    figures(SERIES)
    figures.execute("UPDATE release SET rows = 1000000")
    return client


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/v1/flows", {"sort": "value"}),
        ("/v1/flows", {"count": "exact"}),
        ("/v1/flows", {"frequency": "A"}),
        ("/v1/flows", {"partner": "EU,all"}),
        ("/v1/partners", {}),
        ("/v1/balances", {"sort": "-balance"}),
        ("/v1/balances", {"frequency": "Q"}),
    ],
)
def test_a_request_for_too_many_figures_is_refused(client_of_large_dataset, path, parameters):
    answer = client_of_large_dataset.get(path, query_string=WHOLE_REQUEST | parameters)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/request-too-large")
    (error,) = answer.json["errors"]
    assert error["parameter"] == "period"
    assert "computed from at most 250,000; request fewer periods, commodities or partners" in error["reason"]


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/v1/flows", {}),
        ("/v1/flows", {"sort": "value", "period": "2024-01"}),
        ("/v1/flows", {"sort": "value", "partner": "CHN"}),
        ("/v1/flows", {"sort": "value", "format": "csv"}),
        ("/v1/balances", {}),
        ("/v1/partners", {"period": "2024-01"}),
    ],
)
def test_pages_and_exports_of_a_large_dataset_are_not_refused(client_of_large_dataset, path, parameters):
    answer = client_of_large_dataset.get(path, query_string=WHOLE_REQUEST | parameters)

    assert answer.status_code == 200, answer.text


def test_the_rows_of_the_files_bound_the_figures(client, figures):
    figures(SERIES)

    answer = client.get("/v1/balances", query_string=WHOLE_REQUEST | {"sort": "-balance", "count": "exact"})

    assert (answer.status_code, answer.json["meta"]["total"]) == (200, 2)


def test_pages_of_balances_have_the_keys_of_both_flows_once(client, figures):
    exports = {("X", partner, "TOTAL", "2024-01"): 7 for partner in ("CHN", "KOR", "USA")}
    imports = {("M", partner, "TOTAL", "2024-01"): 4 for partner in ("DEU", "KOR", "FRA")}
    figures(exports | imports)
    address, found = "/v1/balances?reporter=JPN&partner=all&limit=2", []
    while address:
        page = client.get(address).json
        found += [(row["partner"], row["balance"], row["rank"]) for row in page["data"]]
        address = page["links"]["next"]

    assert sorted(found) == [
        ("CHN", 7, 1),
        ("DEU", -4, 4),
        ("FRA", -4, 4),
        ("KOR", 3, 3),
        ("USA", 7, 1),
    ]
