"""Growth of areas that succeeded others: Belgium-Luxembourg was Belgium and Luxembourg from 1999 on."""

import pytest

YEARS = {"1998": {"WLD": 9000, "BLX": 1000}, "1999": {"WLD": 9500, "BEL": 900, "LUX": 200}}
YEARS |= {"2000": {"WLD": 9900, "BEL": 990, "LUX": 200}}


def fetch_rows(client, path, **query):
    query = {"reporter": "JPN", "flow": "X", "frequency": "A", "period": "all"} | query
    answer = client.get(path, query_string={name: text for name, text in query.items() if text is not None})
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.parametrize("exhaustive", [True, False])
def test_a_successor_has_no_growth_over_its_predecessor(client, figures, exhaustive):
    figures(
        {("X", area, "TOTAL", year): value for year, values in YEARS.items() for area, value in values.items()},
        exhaustive=exhaustive,
    )

    names = ("period", "value", "yoy_base", "yoy_change", "yoy_pct", "yoy_status", "r12_pct", "cagr_pct")
    assert select_columns(fetch_rows(client, "/v1/series", partner="BEL"), *names) == [
        ("1998", None, None, None, None, "value_missing", None, None),
        ("1999", 900, None, None, None, "series_break", None, None),
        ("2000", 990, 900, 90, 10.0, "ok", 10.0, None),
    ]
    assert select_columns(fetch_rows(client, "/v1/series", partner="BLX"), *names)[1:] == [
        ("1999", None, 1000, None, None, "value_missing", None, None),
        ("2000", None, None, None, None, "value_missing", None, None),
    ]
    partners = fetch_rows(client, "/v1/partners", partner="all", period="1999")
    assert select_columns(partners, "partner", "value", "yoy_status", "partner_contribution_pp") == [
        ("BEL", 900, "series_break", None),
        ("LUX", 200, "series_break", None),
    ]
    (union,) = fetch_rows(client, "/v1/flows", partner="EU", period="1999")
    assert (union["value"], union["yoy_pct"]) == (1100, None)
    assert union["yoy_status"] in {"series_break", "base_missing"}  # a selection has no member's base


def test_a_year_of_a_change_is_no_base(client, figures):
    months = {("X", "SSD", "TOTAL", f"2011-{month:02}"): 10 for month in range(7, 13)}
    months |= {("X", "SSD", "TOTAL", f"2012-{month:02}"): 10 for month in range(1, 13)}
    months |= {
        ("X", "WLD", "TOTAL", f"{year}-{month:02}"): 100 for year in (2010, 2011, 2012) for month in range(1, 13)
    }
    figures(months)

    years = fetch_rows(client, "/v1/series", partner="SSD")
    monthly = fetch_rows(client, "/v1/series", partner="SSD", frequency="M", period="2012-06,2012-07")

    names = ("value", "yoy_pct", "yoy_status", "streak_direction", "ytd_pct")
    assert select_columns(years, *names) == [
        (None, None, "value_missing", None, None),
        (60, None, "series_break", None, None),
        (120, None, "series_break", None, None),  # six months of South Sudan in 2011
    ]
    assert select_columns(monthly, "value", "yoy_status") == [(10, "series_break"), (10, "ok")]


def test_a_former_area_ends_without_a_fall(client, figures):
    figures({"1998": 100, "1999": 100} | {("X", "BLX", "TOTAL", "1998"): 50})

    rows = fetch_rows(client, "/v1/balances", partner="BLX", flow=None)

    assert [row["period"] for row in rows] == ["1998"]
