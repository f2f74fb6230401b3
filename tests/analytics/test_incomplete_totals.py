"""Totals are complete or say that they are not (growth.md, rule 13)."""

import pytest

QUERY = {"reporter": "JPN", "flow": "X", "partner": "CHN"}


def fetch_rows(client, path, query):
    response = client.get(path, query_string=QUERY | query)
    assert response.status_code == 200, response.json
    return response.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def monthly_figures(status):
    """Return exports of two quarters and of those a year earlier; one month has no value."""
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in (1, 2, 3)]
    figures = {
        ("X", partner, "TOTAL", month): value for month in months for partner, value in (("CHN", 10), ("WLD", 40))
    }
    return figures | {("X", "CHN", "TOTAL", "2023-02"): (None, status)}


@pytest.mark.parametrize(("status", "growth_status"), [("Q", "suppressed"), ("M", "incomplete_total")])
@pytest.mark.parametrize("path", ["/v1/flows", "/v1/series", "/v1/partners"])
def test_a_quarter_with_an_unknown_month_is_a_lower_bound(client, figures, path, status, growth_status):
    figures(monthly_figures(status))

    found = fetch_rows(client, path, {"frequency": "Q", "period": "2023-Q1"})

    # 10 + unknown + 10 over 30: growth and share of 20 would be wrong.
    names = ("value", "is_lower_bound", "obs_status", "yoy_status", "yoy_pct", "yoy_change", "partner_share_pct")
    assert select_columns(found, *names) == [(20, True, status, growth_status, None, None, None)]


@pytest.mark.parametrize("status", ["Q", "M"])
def test_sums_over_a_lower_bound_are_null(client, figures, status):
    figures(monthly_figures(status) | {("X", "CHN", "TOTAL", "2023-02"): (None, status)})

    months = fetch_rows(client, "/v1/series", {"period": "2023-01..2023-03"})
    (year,) = fetch_rows(client, "/v1/series", {"frequency": "Q", "period": "2022-Q1..2023-Q1"})[-1:]

    assert select_columns(months, "ytd_value", "ytd_pct") == [(10, 0.0), (None, None), (None, None)]
    assert (year["ytd_value"], year["cagr_pct"]) == (None, None)


def test_a_lower_bound_of_either_flow_leaves_no_balance(client, figures):
    figures(
        monthly_figures("Q") | {("M", "CHN", "TOTAL", f"{year}-0{n}"): 7 for year in (2022, 2023) for n in (1, 2, 3)}
    )

    query = {"reporter": "JPN", "partner": "CHN", "frequency": "Q", "period": "2023-Q1"}
    (row,) = client.get("/v1/balances", query_string=query).json["data"]

    names = ("exports_value", "exports_is_lower_bound", "imports_value", "imports_is_lower_bound", "balance")
    assert [row[name] for name in names] == [20, True, 21, False, None]
    names = ("balance_base", "balance_status", "cover_ratio_pct", "two_way_value")
    assert [row[name] for name in names] == [9, "suppressed", None, None]


def test_a_quarter_of_a_commodity_is_ranked_among_its_whole_level(client, figures):
    months = ("2023-01", "2023-02", "2023-03")
    values = {"TOTAL": 10, "A": 7, "B": 3}
    figures({("X", "CHN", code, month): value for code, value in values.items() for month in months})

    found = fetch_rows(client, "/v1/commodities", {"commodity": "B", "frequency": "Q", "period": "2023-Q1"})

    # B is 9 of 30, after A with 21: 0.3 x 0.3 + 0.7 x 0.7 = 0.58.
    names = ("commodity", "value", "rank", "rank_count", "rank_status", "hhi")
    assert select_columns(found, *names) == [("B", 9, 2, 2, "ok", 0.58)]


def test_a_group_is_published_as_of_the_day_on_which_the_source_did(client, figures):
    single = {"2021": 100, ("X", "DEU", "TOTAL", "2021"): 10}
    figures(single, published="2022-02-01")
    figures(single | {("X", "EU", "TOTAL", "2021"): 25}, published="2022-03-01")

    query = {"partner": "EU", "frequency": "A", "period": "2021"}
    found = [*fetch_rows(client, "/v1/flows", query), *fetch_rows(client, "/v1/flows", query | {"as_of": "2022-02-15"})]

    assert select_columns(found, "value", "group_basis") == [(25, "published"), (10, "computed")]
