"""Groups: sums of dated members, compared like with like (growth.md, rule 9)."""

import pytest

QUERY = {"reporter": "JPN", "flow": "X", "frequency": "M"}


def fetch_rows(client, query, path="/v1/series"):
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.json
    return response.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def european_months():
    """Return exports to Germany and the United Kingdom, which left the EU on 31 January 2020, and to the World."""
    values = {"2019-01": (16, 4), "2019-02": (10, 5), "2020-01": (20, 8), "2020-02": (12, 6)}
    return dict.fromkeys(values, 100) | {
        ("X", partner, "TOTAL", month): value
        for month, pair in values.items()
        for partner, value in zip(("DEU", "GBR"), pair, strict=True)
    }


@pytest.mark.parametrize("exhaustive", [True, False])
@pytest.mark.parametrize("path", ["/v1/flows", "/v1/series"])
def test_the_base_of_a_group_is_the_sum_over_the_members_of_the_period(client, figures, path, exhaustive):
    figures(european_months(), exhaustive=exhaustive)

    found = fetch_rows(client, QUERY | {"partner": "EU", "period": "2020-01..2020-02"}, path)

    names = ("period", "value", "yoy_base", "yoy_change", "yoy_pct", "yoy_status", "partner_contribution_pp")
    # January with the United Kingdom: 20 + 8 over 16 + 4. February without it, in either year: 12 over 10.
    assert select_columns(found, *names) == [
        ("2020-01", 28, 20, 8, 40.0, "ok", 8.0),
        ("2020-02", 12, 10, 2, 20.0, "ok", 2.0),
    ]
    # The period before as well: February's 12 over the 20 that Germany alone had in January.
    assert select_columns(found, "pop_pct", "group_composition") == [(None, "2020-01-01"), (-40.0, "2020-02-01")]


def test_windows_of_a_group_compare_each_month_with_the_same_members(client, figures):
    figures(european_months())

    found = fetch_rows(client, QUERY | {"partner": "EU,DEU", "period": "2020-01..2020-02"})

    names = ("partner", "period", "ytd_value", "ytd_pct", "jan_feb_pct", "streak_direction", "streak_length")
    # EU: 28 + 12 = 40 over 20 + 10 = 30. Germany: 20 + 12 = 32 over 16 + 10 = 26.
    assert sorted(select_columns(found, *names)) == [
        ("DEU", "2020-01", 20, 25.0, None, "up", 1),
        ("DEU", "2020-02", 32, 23.0769, 23.0769, "up", 2),
        ("EU", "2020-01", 28, 40.0, None, "up", 1),
        ("EU", "2020-02", 40, 33.3333, 33.3333, "up", 2),
    ]


def test_twelve_months_of_a_group_compare_each_month_with_the_same_members(client, figures):
    months = [f"{year}-{month:02}" for year in (2019, 2020) for month in range(1, 13)]
    values = {"DEU": (10, 11), "GBR": (5, 6)}  # each month of 2019, each month of 2020
    parts = {("X", p, "TOTAL", m): pair[m >= "2020-01"] for p, pair in values.items() for m in months}
    figures(dict.fromkeys(months, 100) | parts)

    monthly = fetch_rows(client, QUERY | {"partner": "EU", "period": "2020-12"})
    annual = fetch_rows(client, QUERY | {"partner": "EU", "frequency": "A", "period": "2020"})

    # 2020: 17 in January and eleven times 11 = 138. Base: 15 in January and eleven times 10 = 125.
    growth = [(138, 10.4)]
    assert select_columns(monthly, "r12_value", "r12_pct") == growth
    assert select_columns(monthly, "ytd_value", "ytd_pct") == growth
    assert select_columns(annual, "value", "yoy_pct") == growth


@pytest.mark.parametrize("exhaustive", [True, False])
def test_compound_growth_of_a_group_starts_from_the_members_of_the_last_period(client, figures, exhaustive):
    values = {"2019": (100, 50), "2020": (110, 50), "2021": (121, 50)}
    parts = {
        ("X", partner, "TOTAL", year): value
        for year, pair in values.items()
        for partner, value in zip(("DEU", "GBR"), pair, strict=True)
    }
    figures(dict.fromkeys(values, 1000) | parts, exhaustive=exhaustive)

    found = fetch_rows(client, QUERY | {"frequency": "A", "partner": "EU", "period": "2019..2021"})

    # 2020 has the United Kingdom, 160 over 150; 2021 has not, 121 over 100 in two years.
    assert select_columns(found, "period", "value", "cagr_pct") == [
        ("2019", 150, None),
        ("2020", 160, 6.6667),
        ("2021", 121, 10.0),
    ]


@pytest.mark.parametrize("exhaustive", [False, True])
def test_compound_growth_of_a_new_group_begins_before_it(client, figures, exhaustive):
    mexico = {("X", "MEX", "TOTAL", month): value for month, value in (("2018-07", 100), ("2020-07", 121))}
    figures(mexico | {("X", "MEX", "TOTAL", "2019-07"): 110}, exhaustive=exhaustive)

    found = client.get("/v1/series?reporter=JPN&flow=X&partner=USMCA&period=all").json["data"]

    # USMCA began in July 2020. Its members of that month had 100 in July 2018, and 1.1 x 1.1 = 1.21.
    growth = {row["period"]: (row["value"], row["cagr_pct"]) for row in found}
    assert growth["2018-07"] == (None, None)
    assert growth["2020-07"] == (121, 10.0)


@pytest.mark.parametrize("path", ["/v1/flows", "/v1/series"])
def test_a_fixed_composition_holds_for_both_ends(client, figures, path):
    published_group = {("X", "EU", "TOTAL", month): 50 for month in ("2019-02", "2020-02")}
    figures(european_months() | published_group)
    query = QUERY | {"partner": "EU", "period": "2020-02"}

    published = fetch_rows(client, query, path)
    fixed = fetch_rows(client, query | {"composition": "2019-12-31"}, path)

    names = ("value", "yoy_base", "yoy_pct", "group_basis", "group_composition")
    # With the United Kingdom in both years: 12 + 6 over 10 + 5, whatever the source publishes of the EU.
    assert select_columns(published, *names) == [(50, 50, 0.0, "published", None)]
    assert select_columns(fixed, *names) == [(18, 15, 20.0, "computed", "2019-12-31")]


def test_a_group_is_not_covered_before_it_exists(client, figures):
    months = ("2019-07", "2020-06", "2020-07")  # the USMCA entered into force on 1 July 2020
    figures(dict.fromkeys(months, 100) | {("X", "MEX", "TOTAL", month): 10 + n for n, month in enumerate(months)})

    found = fetch_rows(client, QUERY | {"partner": "USMCA", "period": "2020-06..2020-07"})

    names = ("period", "value", "yoy_base", "yoy_pct", "yoy_status", "pop_status", "partner_contribution_pp")
    # In July the base is that of Mexico in July 2019: 12 over 10, and 12 over 11 in June.
    assert select_columns(found, *names) == [
        ("2020-06", None, None, None, "not_covered", "not_covered", None),
        ("2020-07", 12, 10, 20.0, "ok", "ok", 2.0),
    ]


@pytest.mark.parametrize(
    ("exhaustive", "missing"), [(True, []), (False, ["BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP"])]
)
def test_missing_members_are_those_whose_figures_are_unknown(client, figures, exhaustive, missing):
    figures({"2021": 100, ("X", "THA", "TOTAL", "2021"): 10, ("X", "VNM", "TOTAL", "2021"): 5}, exhaustive=exhaustive)

    found = fetch_rows(client, QUERY | {"frequency": "A", "partner": "ASEAN", "period": "2021"}, "/v1/flows")

    assert select_columns(found, "value", "members_missing") == [(15, missing)]


def test_a_suppressed_member_is_missing_from_an_exhaustive_group(client, figures):
    figures({"2021": 100, ("X", "THA", "TOTAL", "2021"): 10, ("X", "VNM", "TOTAL", "2021"): (None, "Q")})

    found = fetch_rows(client, QUERY | {"frequency": "A", "partner": "ASEAN", "period": "2021"}, "/v1/flows")

    # The sum of the known members, a lower bound.
    names = ("value", "is_lower_bound", "yoy_status", "members_missing", "partner_share_pct")
    assert select_columns(found, *names) == [(10, True, "suppressed", ["VNM"], None)]


def test_a_member_known_at_one_end_only_gives_members_differ(client, figures):
    thailand = {("X", "THA", "TOTAL", year): 10 for year in ("2019", "2020", "2021")}
    vietnam = {("X", "VNM", "TOTAL", year): 5 for year in ("2020", "2021")}
    figures(dict.fromkeys(("2019", "2020", "2021"), 100) | thailand | vietnam, exhaustive=False)

    found = fetch_rows(client, QUERY | {"frequency": "A", "partner": "ASEAN", "period": "2019..2021"})

    names = ("period", "value", "yoy_base", "yoy_change", "yoy_status", "cagr_pct")
    assert select_columns(found, *names) == [
        ("2019", 10, None, None, "base_missing", None),
        ("2020", 15, 10, None, "members_differ", None),
        ("2021", 15, 15, 0, "ok", None),
    ]


def test_a_contribution_needs_the_base_of_the_members_of_the_period_alone(client, figures):
    # The United Kingdom is a member in January 2020 only, and has no other month.
    months = [f"{year}-{n:02}" for year in (2019, 2020) for n in range(1, 13)]
    world = {("X", "WLD", "TOTAL", month): 100 for month in months}
    germany = {("X", "DEU", "TOTAL", month): 10 + (month >= "2020") for month in months}
    britain = {("X", "GBR", "TOTAL", "2019-01"): 5, ("X", "GBR", "TOTAL", "2020-01"): 6}
    figures(world | germany | britain, exhaustive=False)
    query = {"reporter": "JPN", "flow": "X", "partner": "EU,DEU", "frequency": "A", "period": "2020"}

    names = ("partner", "value", "yoy_base", "yoy_status", "partner_contribution_pp")
    found = {
        path: {tuple(row[name] for name in names) for row in client.get(path, query_string=query).json["data"]}
        for path in ("/v1/series", "/v1/flows")
    }

    # 12 x 11 + 6 over 12 x 10 + 5, in a World of 1200.
    expected = {("DEU", 132, 120, "ok", 1.0), ("EU", 138, 125, "ok", 1.0833)}
    assert found == {"/v1/series": expected, "/v1/flows": expected}
