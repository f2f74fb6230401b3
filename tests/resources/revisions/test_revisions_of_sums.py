"""Revisions of quarters and years that are sums of months, with `latest`, `all` and `as_of`."""

import pytest

QUERY = {"reporter": "JPN", "flow": "X"}
JANUARY_TO_MARCH = ("2023-01", "2023-02", "2023-03")


@pytest.fixture
def releases(figures):
    """Publish a quarter by three releases, and a revision of its second month."""
    for number, month in enumerate(JANUARY_TO_MARCH, start=1):
        figures({month: 10 * number}, published=f"2023-0{number + 1}-20")
    figures({"2023-02": 24, "2023-03": 30}, published="2023-05-20")


def fetch_revisions(client, query):
    response = client.get("/v1/revisions", query_string=QUERY | query)
    assert response.status_code == 200, response.json
    names = ("period", "known_from", "value", "revision", "period_complete")
    return [tuple(row[name] for name in names) for row in response.json["data"]]


@pytest.mark.usefixtures("releases")
@pytest.mark.parametrize("period", ["latest", "all", "2023-Q1", "2023-Q1..2023-Q1"])
def test_a_quarter_has_a_vintage_for_each_of_its_months(client, period):
    assert fetch_revisions(client, {"frequency": "Q", "period": period}) == [
        ("2023-Q1", "2023-02-20", 10, None, False),
        ("2023-Q1", "2023-03-20", 30, None, False),
        ("2023-Q1", "2023-04-20", 60, None, True),
        ("2023-Q1", "2023-05-20", 64, 4, True),
    ]


@pytest.mark.usefixtures("releases")
def test_no_vintage_is_later_than_as_of(client):
    year = fetch_revisions(client, {"frequency": "A", "period": "latest", "as_of": "2023-03-31"})

    assert year == [("2023", "2023-02-20", 10, None, False), ("2023", "2023-03-20", 30, None, False)]
    assert fetch_revisions(client, {"frequency": "A", "period": "all", "as_of": "2023-01-31"}) == []


def test_a_group_has_a_vintage_for_each_change_of_a_member(client, figures):
    world = {"2023": 100}
    figures(world | {("X", "DEU", "TOTAL", "2023"): 10, ("X", "FRA", "TOTAL", "2023"): 5}, published="2024-02-20")
    figures(world | {("X", "DEU", "TOTAL", "2023"): 12, ("X", "FRA", "TOTAL", "2023"): 5}, published="2024-03-20")

    found = fetch_revisions(client, {"frequency": "A", "period": "2023", "partner": "EU"})

    assert found == [("2023", "2024-02-20", 15, None, True), ("2023", "2024-03-20", 17, 2, True)]


def test_first_figures_are_compared_with_the_latest(client, figures):
    figures({"2021": 100, "2022": 200}, published="2023-01-28")
    figures({"2021": 90, "2022": 212}, published="2023-06-28")
    figures({"2021": 96, "2022": 212}, published="2024-01-28")

    rows = client.get("/v1/revisions", query_string=QUERY | {"frequency": "A", "period": "all"}).json["data"]

    # 4% down from 100 to 96 and 6% up from 200 to 212: 1 on average, 5 without sign, one of two upwards.
    names = ("mean_pct", "mean_abs_pct", "max_abs_pct", "count", "up_share_pct")
    assert {tuple(row[f"revision_{name}"] for name in names) for row in rows} == {(1.0, 5.0, 6.0, 2, 50.0)}
