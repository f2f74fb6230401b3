"""Answers that users reported as wrong: each with the right one, on the demo or on figures worked by hand."""

import pytest

JAPAN = {"reporter": "JPN", "flow": "X"}


def fetch(client, path, **query):
    answer = client.get(path, query_string=query) if query else client.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_pages_sorted_by_balance_are_complete(demo):
    query = {"reporter": "JPN", "partner": "all", "period": "2024-01", "sort": "-balance"}
    whole = fetch(demo, "/v1/balances", **query, limit="1000")["data"]
    page = fetch(demo, "/v1/balances", **query, limit="7")
    found = page["data"]

    while page["links"]["next"]:
        page = fetch(demo, page["links"]["next"])
        found += page["data"]

    assert len(whole) == 18
    assert found == whole


def test_years_of_a_few_months_have_no_compound_growth_and_say_so(demo):
    rows = fetch(demo, "/v1/series", **JAPAN, frequency="A", period="2022..2024", fields="value,cagr_pct")["data"]

    # The demo has 3 months of 2022, all of 2023, and January 2024.
    assert [(row["period"], row["period_complete"], row["cagr_pct"]) for row in rows] == [
        ("2022", False, None),
        ("2023", True, None),
        ("2024", False, None),
    ]
    flows = fetch(demo, "/v1/flows", **JAPAN, frequency="A", period="2022,2023", fields="value")["data"]
    assert [(row["period"], row["period_complete"]) for row in flows] == [("2022", False), ("2023", True)]


def test_the_latest_revisions_of_a_quarter_are_those_of_the_named_quarter(demo):
    query = JAPAN | {"frequency": "Q"}
    latest = fetch(demo, "/v1/revisions", **query, period="latest")["data"]
    named = fetch(demo, "/v1/revisions", **query, period=latest[0]["period"])["data"]
    past = fetch(demo, "/v1/revisions", **query, period="2023-Q4", as_of="2024-01-29")["data"]

    assert latest == named
    assert past
    assert max(row["known_from"] for row in past) <= "2024-01-29"


def test_the_gap_of_mirror_data_is_computed_from_exact_values(client, figures):
    figures.execute("""
        INSERT INTO exchange_rate (currency, day, per_euro) VALUES
            ('EUR', '2024-01-02', 1), ('EUR', '2024-01-31', 1), ('USD', '2024-01-02', 1), ('USD', '2024-01-31', 1),
            ('JPY', '2024-01-02', 150), ('JPY', '2024-01-31', 150)""")
    figures({("X", "USA", "TOTAL", "2024-01"): 100}, code="jpn-m", currency="JPY")
    figures({("M", "JPN", "TOTAL", "2024-01"): 2000}, code="usa-m", reporter="USA", currency="JPY")

    (row,) = fetch(client, "/v1/mirror", **JAPAN, partner="USA", period="2024-01", currency="USD")["data"]

    # 0.67 and 13.33 dollars: 1900% more, where 1 and 13 dollars would give 1200%
    assert (row["value"], row["mirror_value"], row["gap_pct"]) == (1, 13, 1900.0)


@pytest.mark.parametrize(("value", "words"), [(7_454_997, "25.5%"), (7_455_003, "25.4%")])
def test_a_briefing_rounds_growth_once(client, figures, value, words):
    # -25.45003% and -25.44997%: both are -25.4500 with four decimals.
    months = {f"{year}-{month:02}": 10_000_000 for year in (2022, 2023) for month in range(1, 13)}
    figures(months | {"2024-01": value}, exhaustive=False)

    rows = fetch(client, "/v1/briefings/JPN/2024-01", format="json")["data"]

    growth = [row["sentence"] for row in rows if "year" in row["sentence"] and "25." in row["sentence"]]
    assert growth
    assert all(words in sentence for sentence in growth)


@pytest.mark.parametrize(
    ("share", "contribution", "value"), [("25.5%", "+12.5", 2_545_003), ("25.4%", "+12.4", 2_544_997)]
)
def test_a_briefing_rounds_shares_and_contributions_once(client, figures, share, contribution, value):
    # The shares 25.45003% and 25.44997% are both 25.4500 with four decimals, and so are 12.4500 percentage points:
    # in January 2023 China had 1,300,000 of 10,000,000.
    base = {("X", "CHN", "TOTAL", "2023-01"): 1_300_000, ("X", "USA", "TOTAL", "2023-01"): 8_700_000}
    current = {("X", "CHN", "TOTAL", "2024-01"): value, ("X", "USA", "TOTAL", "2024-01"): 10_000_000 - value}
    figures(base | current, exhaustive=True)

    briefing = fetch(client, "/v1/briefings/JPN/2024-01", format="json")
    text = client.get("/v1/briefings/JPN/2024-01?format=markdown").text

    (partner,) = (row["sentence"] for row in briefing["data"] if row["id"] == "exports-CHN")
    (mover,) = (row["sentence"] for row in briefing["data"] if row["id"] == "exports-contribution-CHN")
    assert f"{share} of all exports" in partner
    assert f"contributed {contribution} percentage points" in mover
    assert f"| {share} | {contribution} |" in text
    (row,) = (row for row in briefing["outline"]["tables"][0]["rows"] if row["code"] == "CHN")
    assert (row["share_pct"], row["contribution_pp"]) == (25.45, 12.45)
