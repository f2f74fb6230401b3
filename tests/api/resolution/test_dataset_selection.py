"""Selection of the dataset of a request: by what it covers, never by the order of loading."""

import pytest

FULL = {"code": "full", "exhaustive": True}
SELECTION = {"code": "a-selection", "exhaustive": False}
DEMO = {"code": "all-demo", "exhaustive": True}
MONTHLY = {"code": "monthly", "exhaustive": True}
CHINA = ("X", "CHN", "TOTAL")

RELEASES = [
    (FULL, {str(year): 100 for year in (2020, 2021)}),
    (SELECTION, {(*CHINA, "2021"): 7, (*CHINA, "2022"): 9, ("X", "KOR", "A", "2022"): 3}),
    (DEMO, {str(year): 50 for year in (2019, 2020, 2021, 2022)}),
    (MONTHLY, {f"2023-{month:02}": 10 for month in range(1, 13)} | {"2024-01": 10}),
]


def chosen_dataset(client, **query):
    answer = client.get("/v1/flows", query_string={"reporter": "JPN", "flow": "X", "frequency": "A"} | query)
    assert answer.status_code == 200, answer.json
    return [source["dataset"] for source in answer.json["meta"]["sources"]]


KOREAN_A = {"period": "2022", "partner": "KOR", "commodity": "A"}
CHOICES = [
    ({"period": "2021"}, "full"),  # official before the demo
    ({"period": "2021", "partner": "CHN"}, "full"),  # exhaustive before a selection
    ({"period": "2019..2021"}, "all-demo"),  # the only one with all years
    ({"period": "2019"}, "all-demo"),
    ({"period": "2022"}, "all-demo"),  # the selection does not have the World
    ({"period": "2022", "partner": "CHN"}, "a-selection"),  # official before the demo, which has China as well
    (KOREAN_A, "a-selection"),
    ({"period": "2023"}, "monthly"),  # twelve months make a year
    ({}, "monthly"),  # months before years
    ({"period": "2022", "dataset": "full"}, "full"),
]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_dataset_is_the_one_that_published_and_covers_the_request(client, figures, is_reversed):
    for dataset, values in RELEASES[::-1] if is_reversed else RELEASES:
        figures(values, **dataset)

    assert [(query, chosen_dataset(client, **query)) for query, _ in CHOICES] == [
        (query, [dataset]) for query, dataset in CHOICES
    ]


def frequency_and_values(client, **query):
    answer = client.get("/v1/flows", query_string={"flow": "X"} | query)
    assert answer.status_code == 200, answer.json
    return answer.json["meta"]["parameters"]["frequency"], [row["value"] for row in answer.json["data"]]


def test_the_default_frequency_is_the_finest_loaded_one(client, figures):
    figures({"2021": 1, "2022": 2}, code="swe-a", reporter="SWE")
    figures({"2021": 12, ("X", "WLD", "010121", "2021"): 5}, code="nor-a", reporter="NOR", classification="H6")
    figures({"2021-12": 3}, code="nor-m", reporter="NOR", published="2024-03-28")

    assert frequency_and_values(client, reporter="SWE") == ("A", [2])
    assert frequency_and_values(client, reporter="Sweden", period="2021") == ("A", [1])
    assert frequency_and_values(client, reporter="NOR") == ("M", [3])
    assert frequency_and_values(client, reporter="NOR", dataset="nor-a") == ("A", [12])
    assert frequency_and_values(client, reporter="NOR", classification="HS") == ("A", [12])
    assert frequency_and_values(client, reporter="NOR", commodity="010121") == ("A", [5])
    assert frequency_and_values(client, reporter="NOR", as_of="2024-03-01") == ("A", [12])
    assert frequency_and_values(client, reporter="DNK") == ("M", [])
    refused = client.get("/v1/flows?reporter=SWE&period=2021-06").json["errors"]
    assert [(error["parameter"], error["suggestions"]) for error in refused] == [("period", ["2021"])]
    assert [row["value"] for row in client.get("/v1/series?reporter=SWE&flow=X&period=all").json["data"]] == [1, 2]
    assert [row["exports_value"] for row in client.get("/v1/balances?reporter=SWE").json["data"]] == [2]
    (reading,) = client.get("/v1/reconciliation?reporter=SWE&flow=X").json["data"]
    assert (reading["kind"], reading["value"]) == ("reference", 2)
