"""Readings of one figure, and their distance to a figure found elsewhere."""

import pytest

PATH = "/v1/reconciliation?reporter=JPN&flow=X&period=2024-01"


def fetch_rows(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.json
    return response.json["data"]


def test_readings_are_sorted_by_their_distance_to_the_claimed_figure(demo):
    # 7,332,754,388,000 yen in dollars: 50.15 billion at the mean of January, 48.89 and 48.66 billion at rates of the
    # days of publication. The press release said 7,332.7 billion yen, 0.4 million dollars less.
    rows = fetch_rows(demo, f"{PATH}&claimed=48.9e9&claimed_currency=USD")

    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert [(row["kind"], round(row["value"] / 1e9, 2)) for row in rows] == [
        ("exchange_rate", 48.89),
        ("exchange_rate", 48.66),
        ("exchange_rate", 49.61),
        ("vintage", 50.15),
        ("reference", 50.15),
    ]
    assert rows[0]["unexplained"] == 48_900_000_000 - rows[0]["value"]
    assert [row["difference_pct"] for row in rows if row["kind"] == "reference"] == [0.0]


def test_every_value_is_in_the_row_of_its_link(demo):
    for row in fetch_rows(demo, f"{PATH}&claimed=48.9e9&claimed_currency=USD"):
        assert [each["value"] for each in demo.get(row["link"]).json["data"]] == [row["value"]]


def test_a_group_is_also_the_sum_of_its_members(demo):
    rows = fetch_rows(demo, f"{PATH}&partner=EU")

    assert [row["kind"] for row in rows] == ["reference", "composition"]
    assert rows[1]["reason"] == "The sum of members of 2024-01-01. 25 members are not in the data."


def test_an_earlier_vintage_and_another_dataset_are_readings(client, figures):
    figures({("X", "CHN", "A1", "2023"): 100}, published="2024-01-10")
    figures({("X", "CHN", "A1", "2023"): 104}, published="2024-02-10")

    rows = fetch_rows(
        client, "/v1/reconciliation?reporter=JPN&partner=CHN&flow=X&commodity=A1&frequency=A&period=2023&claimed=100"
    )

    assert [row["kind"] for row in rows] == ["vintage", "reference"]
    assert rows[0]["reason"] == "As known on 2024-01-10."
    assert rows[0]["unexplained"] == 0
    assert rows[1]["difference_pct"] == 0.0


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("claimed=x", "claimed"),
        ("partner=CHN,USA", "partner"),
        ("commodity=ZZ", "commodity"),
        ("claimed_currency=QQQ", "currency"),
    ],
)
def test_an_invalid_parameter_is_named(demo, query, parameter):
    response = demo.get(f"{PATH}&{query}")

    assert response.status_code == 422
    assert parameter in [error["parameter"] for error in response.json["errors"]]


@pytest.mark.parametrize("path", ["/v1/reconciliation", "/v1/omitted"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("partner", "CHN,USA"),
        ("partner", "all"),
        ("commodity", "IC,CHEM"),
        ("period", "2023-12..2024-01"),
        ("period", "all"),
        ("flow", "X,M"),
    ],
)
def test_parameters_of_one_figure_have_one_value(demo, path, name, value):
    response = demo.get(path, query_string={"reporter": "JPN", name: value})

    assert response.status_code == 422
    assert [error["parameter"] for error in response.json["errors"]] == [name]
    assert "it should be one" in response.json["detail"]
