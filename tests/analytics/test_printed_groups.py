"""Groups that a source prints: no growth over a change of the members that the source counts.

The US Census Bureau counts the United Kingdom in the European Union up to 2017, and not from January 2018 on.
"""

import pytest

CENSUS = {"source": "US Census Bureau", "reporter": "USA", "code": "usa-test"}
YEARLY_VALUES = {"2017": (100, 50), "2018": (90, 60), "2019": (99, 66)}
"""Monthly exports to the European Union as printed, and to Germany."""


def publish_years(figures, **dataset):
    cells = {}
    for year, (union, germany) in YEARLY_VALUES.items():
        for month in range(1, 13):
            period = f"{year}-{month:02}"
            cells |= {
                ("X", partner, "TOTAL", period): v for partner, v in (("WLD", 1000), ("EU", union), ("DEU", germany))
            }
    figures(cells, **(CENSUS | dataset))


def fetch_rows(client, path="/v1/series", **query):
    answer = client.get(path, query_string={"reporter": "USA", "flow": "X", "partner": "EU"} | query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_growth_over_a_change_of_the_printed_group_is_members_differ(client, figures):
    publish_years(figures)

    rows = fetch_rows(client, period="2017-12,2018-01,2018-02,2018-12,2019-01,2019-06,2019-12")

    names = ("period", "value", "yoy_pct", "yoy_status", "pop_status", "partner_contribution_pp", "ytd_pct", "r12_pct")
    assert select_columns(rows, *names, "streak_length") == [
        ("2017-12", 100, None, "base_missing", "ok", None, None, None, None),
        ("2018-01", 90, None, "members_differ", "members_differ", None, None, None, None),
        ("2018-02", 90, None, "members_differ", "ok", None, None, None, None),
        ("2018-12", 90, None, "members_differ", "ok", None, None, None, None),
        ("2019-01", 99, 10.0, "ok", "ok", 0.9, 10.0, None, 1),  # 9 of 1000
        ("2019-06", 99, 10.0, "ok", "ok", 0.9, 10.0, None, 6),  # twelve months before with the United Kingdom
        ("2019-12", 99, 10.0, "ok", "ok", 0.9, 10.0, 10.0, 12),
    ]


def test_years_and_compound_growth_end_at_the_change(client, figures):
    publish_years(figures)

    years = fetch_rows(client, frequency="A", period="2017..2019")
    from_change = fetch_rows(client, frequency="A", period="2018..2019")

    names = ("period", "value", "yoy_pct", "yoy_status", "cagr_pct")
    assert select_columns(years, *names) == [
        ("2017", 1200, None, "base_missing", None),
        ("2018", 1080, None, "members_differ", None),
        ("2019", 1188, 10.0, "ok", None),
    ]
    assert select_columns(from_change, "cagr_pct") == [(None,), (10.0,)]
    (ranked,) = fetch_rows(client, "/v1/partners", frequency="A", period="2018")
    assert (ranked["yoy_status"], ranked["yoy_pct"], ranked["partner_contribution_pp"]) == (
        "members_differ",
        None,
        None,
    )


def test_a_fixed_composition_compares_the_same_members(client, figures):
    publish_years(figures)

    (row,) = fetch_rows(client, period="2018-06", composition="2020-02-01")

    assert (row["value"], row["yoy_base"], row["yoy_pct"], row["yoy_status"]) == (60, 50, 20.0, "ok")


@pytest.mark.parametrize(("source", "status"), [("A test", "ok"), ("US Census Bureau", "members_differ")])
def test_the_composition_is_that_of_the_source(client, figures, source, status):
    publish_years(figures, source=source)

    (row,) = fetch_rows(client, "/v1/flows", period="2018-06")

    assert row["yoy_status"] == status
