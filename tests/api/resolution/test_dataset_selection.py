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
