"""Growth: every computed field by hand-worked numbers, and its edge cases."""

import pytest

ANNUAL_QUERY = {"reporter": "JPN", "flow": "X", "frequency": "A"}
MONTHLY_QUERY = {"reporter": "JPN", "flow": "X", "frequency": "M"}


def fetch_rows(client, query, path="/v1/series"):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_growth_is_the_change_over_the_year_before_in_percent(client, figures):
    figures({"2020": 400, "2021": 500})  # 100 more than 400: a quarter

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2021"}, "/v1/flows")

    growth = ("yoy_base_period", "yoy_base", "yoy_change", "yoy_pct", "yoy_status")
    assert select_columns(found, *growth) == [("2020", 400, 100, 25.0, "ok")]


def test_growth_is_null_after_an_unpublished_year(client, figures):
    figures({"2019": 100, "2021": 150})  # 2020 was never published

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2021"})

    assert select_columns(found, "period", "yoy_pct", "yoy_status") == [("2021", None, "base_missing")]


def test_an_unpublished_year_is_a_gap(client, figures):
    figures({"2019": 100, "2021": 150})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "all"})

    assert select_columns(found, "period", "value", "yoy_status") == [
        ("2019", 100, "base_missing"),
        ("2020", None, "value_missing"),
        ("2021", 150, "base_missing"),
    ]


def test_a_missing_cell_of_a_published_year_is_zero_in_an_exhaustive_source(client, figures):
    chn = {("X", "CHN", "TOTAL", "2019"): 40, ("X", "CHN", "TOTAL", "2021"): 60}
    figures({"2019": 100, "2020": 100, "2021": 150} | chn)

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "all", "partner": "CHN"})

    assert select_columns(found, "value", "yoy_base", "yoy_change", "yoy_pct", "yoy_status") == [
        (40, None, None, None, "base_missing"),
        (0, 40, -40, -100.0, "ok"),
        (60, 0, 60, None, "base_zero"),
    ]


def test_a_missing_cell_of_a_published_year_is_null_in_a_selective_source(client, figures):
    chn = {("X", "CHN", "TOTAL", "2019"): 40, ("X", "CHN", "TOTAL", "2021"): 60}
    figures({"2019": 100, "2020": 100, "2021": 150} | chn, exhaustive=False)

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "all", "partner": "CHN"})

    assert select_columns(found, "value", "yoy_pct", "yoy_status") == [
        (40, None, "base_missing"),
        (None, None, "value_missing"),
        (60, None, "base_missing"),
    ]


def test_an_unreported_series_of_a_selective_source_is_not_covered(client, figures):
    figures({"2019": 100, "2020": 100}, exhaustive=False)

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2020", "partner": "CHN"})

    assert select_columns(found, "value", "yoy_status", "pop_status") == [(None, "not_covered", "not_covered")]


@pytest.mark.parametrize(
    ("base", "value", "status"),
    [
        (0, 5, "base_zero"),
        (0, 0, "base_zero"),
        (-5, 5, "base_negative"),
        (None, 5, "base_missing"),
        ((None, "Q"), 5, "suppressed"),
        (5, (None, "Q"), "suppressed"),
        (5, None, "value_missing"),
    ],
)
def test_an_unusable_base_gives_null_and_a_status(client, figures, base, value, status):
    figures({"2020": base, "2021": value})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2021"}, "/v1/flows")

    assert select_columns(found, "yoy_pct", "yoy_status") == [(None, status)]


def test_percentages_are_rounded_half_even_to_four_decimals(client, figures):
    # 1 over 2,000,000 is 0.00005%, between 0.0000 and 0.0001; 3 over it is 0.00015%, between 0.0001 and 0.0002.
    figures({"2019": 2_000_000, "2020": 2_000_001})
    figures({"2019": 2_000_000, "2020": 2_000_003}, published="2024-03-01")

    before = fetch_rows(client, ANNUAL_QUERY | {"period": "2020", "as_of": "2024-02-28"})
    after = fetch_rows(client, ANNUAL_QUERY | {"period": "2020"})

    assert select_columns(before + after, "yoy_pct") == [(0.0,), (0.0002,)]


def test_negative_growth_rounded_to_zero_has_no_sign(client, figures):
    figures({"2019": 10_000_000_000, "2020": 9_999_999_999})

    answer = client.get("/v1/flows", query_string=ANNUAL_QUERY | {"period": "2020"})

    assert '"yoy_pct":0.0,' in answer.text


def test_values_beyond_a_double_keep_every_digit(client, figures):
    figures({"2019": 9_007_199_254_740_993, "2020": 9_007_199_254_740_995})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2020"}, "/v1/flows")

    assert select_columns(found, "value", "yoy_base", "yoy_change") == [
        (9_007_199_254_740_995, 9_007_199_254_740_993, 2)
    ]


def test_growth_has_the_weaker_status_of_value_and_base(client, figures):
    figures({"2019": (100, "E"), "2020": (110, "P")})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2020"}, "/v1/flows")

    assert select_columns(found, "obs_status", "yoy_obs_status") == [("P", "E")]


def test_monthly_growth_is_reported_with_annual_growth(client, figures):
    figures({"2022-12": 100, "2023-11": 200, "2023-12": 150})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-12"}, "/v1/flows")

    # 150 over 200 is a quarter less; 150 over 100 is half as much again.
    assert select_columns(found, "pop_pct", "pop_status", "yoy_pct") == [(-25.0, "ok", 50.0)]


def test_year_to_date_sums_months_from_january(client, figures):
    figures({f"2022-{month:02}": 100 for month in range(1, 13)} | {"2023-01": 110, "2023-02": 130, "2023-03": 90})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-01..2023-03"})

    # 110 against 100; 240 against 200; 330 against 300.
    assert select_columns(found, "ytd_value", "ytd_pct") == [(110, 10.0), (240, 20.0), (330, 10.0)]


def test_an_incomplete_year_to_date_is_null(client, figures):
    figures({"2022-01": 100, "2022-02": 100, "2022-03": 100, "2023-01": 110, "2023-03": 90})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-01..2023-03"})

    assert select_columns(found, "ytd_value", "ytd_pct") == [(110, 10.0), (None, None), (None, None)]


def test_rolling_twelve_months_require_all_months(client, figures):
    figures({f"{year}-{month:02}": 100 for year in (2021, 2022) for month in range(1, 13)} | {"2023-01": 220})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2021-11..2021-12,2022-12..2023-01"})

    # 12 x 100 against 12 x 100; then 11 x 100 + 220 = 1,320 against 1,200.
    assert select_columns(found, "period", "r12_value", "r12_pct") == [
        ("2021-11", None, None),
        ("2021-12", 1200, None),
        ("2022-12", 1200, 0.0),
        ("2023-01", 1320, 10.0),
    ]


def test_january_and_february_are_compared_together_in_february(client, figures):
    figures({"2022-01": 60, "2022-02": 40, "2023-01": 40, "2023-02": 85, "2023-03": 50})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-01..2023-03"})

    assert select_columns(found, "jan_feb_pct") == [(None,), (25.0,), (None,)]  # 125 against 100


def test_a_streak_counts_years_of_growth_and_ends_with_a_gap(client, figures):
    figures({"2015": 10, "2016": 11, "2017": 12, "2018": 12, "2019": 9, "2021": 8, "2022": 9})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "all"})

    assert select_columns(found, "period", "streak_direction", "streak_length") == [
        ("2015", None, None),
        ("2016", "up", 1),
        ("2017", "up", 2),
        ("2018", "flat", 1),
        ("2019", "down", 1),
        ("2020", None, None),
        ("2021", None, None),
        ("2022", "up", 1),
    ]


def test_compound_growth_starts_at_the_first_requested_period(client, figures):
    figures({"2019": 100, "2020": 110, "2021": 144})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2019..2021"})

    # 144 / 100 over two years: the square root of 1.44 is 1.2.
    assert select_columns(found, "cagr_pct") == [(None,), (10.0,), (20.0,)]


def test_shares_and_contributions_refer_to_world_and_total(client, figures):
    figures(
        {
            ("X", "WLD", "TOTAL", "2019"): 1000,
            ("X", "WLD", "TOTAL", "2020"): 1200,
            ("X", "WLD", "A", "2019"): 400,
            ("X", "WLD", "A", "2020"): 500,
            ("X", "CHN", "TOTAL", "2019"): 200,
            ("X", "CHN", "TOTAL", "2020"): 300,
            ("X", "CHN", "A", "2019"): 80,
            ("X", "CHN", "A", "2020"): 125,
        }
    )

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2020", "partner": "CHN", "commodity": "TOTAL,A"}, "/v1/flows")

    shares = ("partner_share_pct", "partner_contribution_pp", "commodity_share_pct", "commodity_contribution_pp")
    assert select_columns(found, "commodity", *shares) == [
        # 300 of 1,200; 100 more on the world's 1,000; all of itself; 100 more on its 200.
        ("TOTAL", 25.0, 10.0, 100.0, 50.0),
        # 125 of 500; 45 more on the world's 400; 125 of 300; 45 more on 200.
        ("A", 25.0, 11.25, 41.6667, 22.5),
    ]


def test_growth_is_independent_of_the_requested_window(client, figures):
    figures({f"{year}-{month:02}": 10 * year + month for year in (2021, 2022, 2023) for month in range(1, 13)})

    one = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-06"})
    ten = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-01..2023-10"})
    first = {"cagr_pct"}  # which is by its definition since the first period asked for

    assert [{k: v for k, v in row.items() if k not in first} for row in ten if row["period"] == "2023-06"] == [
        {k: v for k, v in row.items() if k not in first} for row in one
    ]


def test_quarters_and_years_are_sums_of_complete_months(client, figures):
    figures(
        {f"2022-{month:02}": 100 for month in range(1, 13)}
        | {"2023-01": 110, "2023-02": 120, "2023-03": 130, "2023-04": 90}
    )

    found = fetch_rows(
        client, {"reporter": "JPN", "flow": "X", "frequency": "Q", "period": "2022-Q4..2023-Q2"}, "/v1/flows"
    )

    assert select_columns(found, "period", "value", "period_complete", "months_covered", "yoy_pct", "yoy_status") == [
        ("2022-Q4", 300, True, 3, None, "base_missing"),
        ("2023-Q1", 360, True, 3, 20.0, "ok"),
        ("2023-Q2", 90, False, 1, None, "incomplete_period"),
    ]


def test_an_incomplete_quarter_has_no_growth(client, figures):
    # Two months of the last quarter of 2022 were published, and all three of that of 2023.
    months = ("2022-11", "2022-12", "2023-10", "2023-11", "2023-12")
    figures({("X", partner, "TOTAL", month): 100 for partner in ("WLD", "CHN") for month in months})

    question = {"reporter": "JPN", "flow": "X", "frequency": "Q", "period": "2023-Q4", "partner": "CHN"}
    (row,) = fetch_rows(client, question, "/v1/flows")
    (line,) = fetch_rows(client, question)

    assert select_columns([row], "value", "yoy_base", "yoy_change", "yoy_pct", "yoy_status") == [
        (300, 200, None, None, "incomplete_period")
    ]
    assert select_columns([row], "partner_contribution_pp", "commodity_contribution_pp") == [(None, None)]
    assert select_columns([line], "streak_direction", "streak_length") == [(None, None)]


def test_a_group_is_the_sum_of_its_members_in_the_period(client, figures):
    eu = {("X", "DEU", "TOTAL", "2019"): 10, ("X", "GBR", "TOTAL", "2019"): 5}
    eu |= {("X", "DEU", "TOTAL", "2021"): 12, ("X", "GBR", "TOTAL", "2021"): 6}
    figures({"2019": 100, "2021": 100} | eu)

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2019,2021", "partner": "EU"}, "/v1/flows")

    # France is absent from an exhaustive dataset: it had no trade, and its figures are not missing.
    assert select_columns(found, "period", "value", "group_basis", "members_count", "members_missing") == [
        ("2019", 15, "computed", 28, []),
        ("2021", 12, "computed", 27, []),
    ]


@pytest.mark.parametrize(
    ("exhaustive", "growth"),
    [
        # Vietnam is not printed of 2020: 30 of both against 10 of Thailand alone says nothing, against 10 + 0 it does.
        (False, [("2020", 10, None, "base_missing", None), ("2021", 30, None, "members_differ", None)]),
        (True, [("2020", 10, None, "base_missing", None), ("2021", 30, 200.0, "ok", 20.0)]),
    ],
)
def test_a_group_is_compared_with_the_same_members(client, figures, exhaustive, growth):
    asean = {("X", "THA", "TOTAL", "2020"): 10, ("X", "THA", "TOTAL", "2021"): 12, ("X", "VNM", "TOTAL", "2021"): 18}
    figures({"2020": 100, "2021": 100} | asean, exhaustive=exhaustive)

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2020..2021", "partner": "ASEAN"}, "/v1/flows")

    assert select_columns(found, "period", "value", "yoy_pct", "yoy_status", "partner_contribution_pp") == growth
    assert ("VNM" in found[0]["members_missing"]) is not exhaustive


def test_a_former_member_is_not_in_the_base_of_a_group(client, figures):
    eu = {("X", "DEU", "TOTAL", str(year)): 10 for year in (2020, 2021)}
    eu |= {("X", "GBR", "TOTAL", str(year)): 5 for year in (2020, 2021)}
    figures({"2020": 100, "2021": 100} | eu, exhaustive=False)

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2021", "partner": "EU"}, "/v1/flows")

    # The United Kingdom, a member in January 2020, is in neither end of the growth of 2021: Germany's 10 over its 10.
    assert select_columns(found, "value", "yoy_base", "yoy_pct", "yoy_status") == [(10, 10, 0.0, "ok")]


def test_a_member_counts_only_during_its_membership(client, figures):
    months = [f"2020-{month:02}" for month in (1, 2, 3)]
    eu = {("X", partner, "TOTAL", month): 10 for partner in ("DEU", "GBR") for month in months}
    figures(dict.fromkeys(months, 100) | eu)

    found = fetch_rows(client, {"reporter": "JPN", "flow": "X", "frequency": "Q", "period": "2020-Q1", "partner": "EU"})

    # The United Kingdom left with the end of January: 20 + 10 + 10.
    assert select_columns(found, "value", "group_basis", "period_complete") == [(40, "computed", True)]


def test_an_incomplete_year_of_a_group_has_no_growth(client, figures):
    months = {f"2021-{month:02}": 10 for month in range(1, 12)}
    figures({("X", "THA", "TOTAL", month): value for month, value in months.items()} | months)

    found = fetch_rows(
        client, {"reporter": "JPN", "flow": "X", "frequency": "A", "period": "2021", "partner": "ASEAN,WLD"}
    )

    names = ("partner", "value", "months_covered", "period_complete", "yoy_status")
    assert sorted(select_columns(found, *names)) == [
        ("ASEAN", 110, 11, False, "incomplete_period"),
        ("WLD", 110, 11, False, "incomplete_period"),
    ]


def test_compound_growth_requires_positive_ends_and_elapsed_time(client, figures):
    figures({"2018": 0, "2019": 100, "2020": 0, "2021": 121})

    since_nothing = fetch_rows(client, ANNUAL_QUERY | {"period": "2018..2019"})
    since_2019 = fetch_rows(client, ANNUAL_QUERY | {"period": "2019..2021"})

    # 121 / 100 over two years: the square root of 1.21 is 1.1.
    assert select_columns(since_nothing, "cagr_pct") == [(None,), (None,)]
    assert select_columns(since_2019, "cagr_pct") == [(None,), (None,), (10.0,)]


def test_compound_growth_requires_complete_ends_and_whole_years(client, figures):
    # Two months of 2022 and of 2024, and all of 2023: 472% a year would come of 2023 over a sixth of a year.
    figures(dict.fromkeys(("2022-11", "2022-12", *(f"2023-{n:02}" for n in range(1, 13)), "2024-01"), 10))

    years = fetch_rows(client, MONTHLY_QUERY | {"frequency": "A", "period": "2022..2024"})
    months = fetch_rows(client, MONTHLY_QUERY | {"period": "2022-12..2024-01"})

    assert select_columns(years, "period", "period_complete", "cagr_pct") == [
        ("2022", False, None),
        ("2023", True, None),
        ("2024", False, None),
    ]
    # 13 months after December 2022 are no whole number of years; 12 are.
    assert [row["cagr_pct"] for row in months] == [None] * 12 + [0.0, None]


def test_a_streak_of_zeros_is_null(client, figures):
    chn = {("X", "CHN", "TOTAL", str(year)): value for year, value in ((2018, 4), (2021, 5), (2022, 5), (2023, 5))}
    figures({str(year): 100 for year in range(2018, 2024)} | chn)  # 0 in 2019 and in 2020

    found = fetch_rows(client, ANNUAL_QUERY | {"partner": "CHN", "period": "2019..2023"})

    assert select_columns(found, "period", "yoy_change", "streak_direction", "streak_length") == [
        ("2019", -4, "down", 1),
        ("2020", 0, None, None),
        ("2021", 5, "up", 1),
        ("2022", 0, "flat", 1),
        ("2023", 0, "flat", 2),
    ]


def test_contributions_are_null_unless_the_growth_is_ok(client, figures):
    figures({"2020": 100, "2021": 120, ("X", "CHN", "TOTAL", "2021"): 20})  # China had no trade in 2020

    found = fetch_rows(client, ANNUAL_QUERY | {"partner": "CHN", "period": "2021"}, "/v1/flows")

    names = ("yoy_change", "yoy_status", "partner_contribution_pp", "commodity_contribution_pp", "partner_share_pct")
    assert select_columns(found, *names) == [(20, "base_zero", None, None, 16.6667)]


def test_the_release_of_a_sum_is_the_latest_published_in_any_order_of_loading(client, figures):
    figures({"2024-02": 10}, published="2024-03-28")
    figures({"2024-01": 10}, published="2024-02-28")
    figures({"2024-03": 10}, published="2024-03-05")

    found = fetch_rows(client, MONTHLY_QUERY | {"frequency": "Q", "period": "2024-Q1"}, "/v1/flows")

    assert select_columns(found, "value", "release") == [(30, "test-m-2024-03-28")]


@pytest.mark.parametrize("path", ["/v1/flows", "/v1/series", "/v1/partners", "/v1/balances"])
def test_part_of_a_year_is_always_marked_as_such(client, figures, path):
    figures({(flow, "CHN", "TOTAL", "2022-12"): 10 for flow in "XM"})

    found = fetch_rows(client, {"reporter": "JPN", "frequency": "A", "partner": "CHN", "fields": "period"}, path)

    assert {row["period_complete"] for row in found} == {False}


def test_january_and_february_require_both_months_of_both_years(client, figures):
    figures({"2022-01": 60, "2023-01": 40, "2023-02": 85, "2024-01": 50, "2024-02": 75})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-02,2024-02"})

    assert select_columns(found, "jan_feb_pct") == [(None,), (0.0,)]  # 125 against 125; 2022 lacks February


def test_a_published_group_total_is_not_computed(client, figures):
    figures({("X", "WLD", "TOTAL", "2021"): 100, ("X", "EU", "TOTAL", "2021"): 20, ("X", "DEU", "TOTAL", "2021"): 12})

    found = fetch_rows(client, ANNUAL_QUERY | {"partner": "EU"}, "/v1/flows")

    assert select_columns(found, "value", "group_basis", "members_missing") == [(20, "published", None)]


def test_hhi_is_the_sum_of_squared_shares_in_a_ranking(client, figures):
    values = {"WLD": 100, "CHN": 60, "USA": 30, "KOR": 10}
    figures({("X", partner, "TOTAL", "2021"): value for partner, value in values.items()})

    found = fetch_rows(client, ANNUAL_QUERY | {"partner": "USA,WLD"}, "/v1/partners")

    # 0.6 x 0.6 + 0.3 x 0.3 + 0.1 x 0.1, whatever is shown; the World is not one of its parts.
    concentration = ("partner", "rank", "hhi", "hhi_status", "hhi_counted")
    assert select_columns(found, *concentration) == [("WLD", None, None, None, None), ("USA", 2, 0.46, "ok", 3)]


def test_hhi_is_null_where_the_breakdown_does_not_cover_the_total(client, figures):
    values = {"WLD": 122, "CHN": 60, "USA": 30, "KOR": 10}  # 22 of 122, 18%, have no partner
    goods = {("M", "WLD", commodity, "2021"): value for commodity, value in (("TOTAL", 10), ("A", 6), ("B", 2))}
    figures({("X", partner, "TOTAL", "2021"): value for partner, value in values.items()} | goods)

    partners = fetch_rows(client, ANNUAL_QUERY | {"partner": "USA"}, "/v1/partners")
    commodities = fetch_rows(client, ANNUAL_QUERY | {"flow": "M", "commodity": "A", "level": "1"}, "/v1/commodities")

    concentration = ("rank", "hhi", "hhi_status", "hhi_counted")
    assert select_columns(partners, *concentration) == [(2, None, "incomplete_breakdown", 3)]
    assert select_columns(commodities, *concentration) == [(1, None, "incomplete_breakdown", 2)]


def test_commodities_below_the_reported_levels_are_not_covered(client, figures):
    chapters = {("X", "CHN", "85", year): value for year, value in (("2020", 100), ("2021", 130))}
    figures(chapters | {("X", "CHN", "84", "2020"): 7}, classification="H6")

    found = fetch_rows(
        client, ANNUAL_QUERY | {"period": "2020..2021", "partner": "CHN", "commodity": "84,85,8542,854231"}
    )
    alone = fetch_rows(client, ANNUAL_QUERY | {"period": "2021", "partner": "CHN", "commodity": "854231"})
    listed = client.get("/v1/flows", query_string=ANNUAL_QUERY | {"partner": "CHN", "commodity": "854231"}).json

    # Chapter 84 of 2021 is not traded; of headings and of six digits nothing is known.
    assert sorted(select_columns(found, "commodity", "period", "value", "yoy_pct", "yoy_status")) == [
        ("84", "2020", 7, None, "base_missing"),
        ("84", "2021", 0, -100.0, "ok"),
        ("85", "2020", 100, None, "base_missing"),
        ("85", "2021", 130, 30.0, "ok"),
        ("8542", "2020", None, None, "not_covered"),
        ("8542", "2021", None, None, "not_covered"),
        ("854231", "2020", None, None, "not_covered"),
        ("854231", "2021", None, None, "not_covered"),
    ]
    assert select_columns(alone, "value", "yoy_status", "ytd_value", "r12_value") == [(None, "not_covered", None, None)]
    assert (listed["data"], listed["meta"]["empty_reason"]) == ([], "not_covered")


def test_cumulative_sums_of_a_group_are_compared_with_equal_membership(client, figures):
    months = [f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13)]
    asean = {("X", "THA", "TOTAL", month): 10 for month in months}
    # Vietnam is printed from March 2020 on: of January and February there is nothing to compare with.
    asean |= {("X", "VNM", "TOTAL", month): 5 for month in months if month >= "2020-03"}
    question = {"reporter": "JPN", "flow": "X", "partner": "ASEAN", "period": "2021-02,2021-12"}

    figures(dict.fromkeys(months, 100) | asean, exhaustive=False)
    selection = fetch_rows(client, question)
    figures(dict.fromkeys(months, 100) | asean, exhaustive=True, code="whole")
    whole = fetch_rows(client, question | {"dataset": "whole"})

    names = ("period", "jan_feb_pct", "ytd_value", "ytd_pct", "r12_value", "r12_pct", "yoy_status")
    # 2020: 10 + 10 + 10 months of 15 = 170; 2021: 12 months of 15 = 180; 30 after 20 are 50%, 180 after 170 5.8824%.
    assert select_columns(selection, *names) == [
        ("2021-02", None, 30, None, 180, None, "members_differ"),
        ("2021-12", None, 180, None, 180, None, "ok"),
    ]
    assert select_columns(whole, *names) == [
        ("2021-02", 50.0, 30, 50.0, 180, None, "ok"),
        ("2021-12", None, 180, 5.8824, 180, 5.8824, "ok"),
    ]


def test_a_group_quarter_with_a_missing_member_month_is_incomplete(client, figures):
    months = [f"{year}-{month:02}" for year in (2020, 2021) for month in (1, 2, 3)]
    asean = {("X", partner, "TOTAL", month): 10 for partner in ("THA", "VNM") for month in months}
    del asean["X", "VNM", "TOTAL", "2021-02"]
    question = {"reporter": "JPN", "flow": "X", "frequency": "Q", "period": "2020-Q1,2021-Q1", "partner": "ASEAN,THA"}

    figures(dict.fromkeys(months, 100) | asean, exhaustive=False)
    listed = fetch_rows(client, question, "/v1/flows")
    line = fetch_rows(client, question)

    names = ("partner", "period", "value", "months_covered", "period_complete", "yoy_pct", "yoy_status")
    assert sorted(select_columns(listed, *names)) == [
        ("ASEAN", "2020-Q1", 60, 3, True, None, "base_missing"),
        ("ASEAN", "2021-Q1", 50, 2, False, None, "incomplete_period"),
        ("THA", "2020-Q1", 30, 3, True, None, "base_missing"),
        ("THA", "2021-Q1", 30, 3, True, 0.0, "ok"),
    ]
    assert sorted(select_columns(line, *names)) == sorted(select_columns(listed, *names))
    assert {(row["partner"], row["period"]): row["ytd_value"] for row in line}["ASEAN", "2021-Q1"] is None


def test_an_incomplete_quarter_is_excluded_from_annual_sums(client, figures):
    months = [f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13)]
    figures({month: 10 for month in months if month != "2020-05"}, exhaustive=False)

    found = fetch_rows(client, {"reporter": "JPN", "flow": "X", "frequency": "Q", "period": "2020-Q4,2021-Q1,2021-Q4"})

    # The second quarter of 2020 is 20 of two months: the year until then, and any 12 months with it, are not known.
    assert select_columns(found, "period", "ytd_value", "ytd_pct", "r12_value", "r12_pct") == [
        ("2020-Q4", None, None, None, None),
        ("2021-Q1", 30, 0.0, None, None),
        ("2021-Q4", 120, None, 120, None),
    ]


def test_growth_over_two_years_leaves_out_the_year_between(client, figures):
    figures({"2020": 400, "2021": 100, "2022": 484, "2023": 0, "2024": 121})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2021..2024"})

    # 484 over 400 is 21%, twice 10%; 0 over 100 is -100% a year; 121 over 484 is a quarter, twice a half.
    assert select_columns(found, "two_year_pct", "two_year_annual_pct", "two_year_status", "yoy_status") == [
        (None, None, "base_missing", "ok"),
        (21.0, 10.0, "ok", "ok"),
        (-100.0, -100.0, "ok", "ok"),
        (-75.0, -50.0, "ok", "base_zero"),
    ]


def test_growth_over_two_years_has_the_status_of_its_own_base(client, figures):
    figures({"2016": 0, "2017": (None, "Q"), "2018": 5, "2019": 5, "2020": -5, "2021": 5, "2022": 10})

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2018..2022"})

    # -5 over 5 is -200%, which no constant yearly rate gives.
    assert select_columns(found, "two_year_pct", "two_year_annual_pct", "two_year_status") == [
        (None, None, "base_zero"),
        (None, None, "suppressed"),
        (-200.0, None, "ok"),
        (0.0, 0.0, "ok"),
        (None, None, "base_negative"),
    ]


def test_growth_of_a_group_over_two_years_compares_the_members_of_the_later_period(client, figures):
    figures(
        {("X", "GBR", "TOTAL", "2018"): 900}
        | {("X", "DEU", "TOTAL", year): value for year, value in {"2018": 100, "2019": 150, "2020": 144}.items()}
    )

    found = fetch_rows(client, ANNUAL_QUERY | {"period": "2020", "partner": "EU", "composition": "2020-02-01"})
    found += fetch_rows(client, ANNUAL_QUERY | {"period": "2018,2020", "partner": "EU"})

    # The members of February 2020 had 100 in 2018; those of January 2020 include the United Kingdom: 1,000.
    assert select_columns(found, "period", "value", "two_year_pct", "two_year_annual_pct") == [
        ("2020", 144, 44.0, 20.0),
        ("2018", 1000, None, None),
        ("2020", 144, -85.6, -62.0527),
    ]


def test_fiscal_year_to_date_sums_months_from_april_in_japan(client, figures):
    months = [f"{year}-{month:02}" for year in (2021, 2022, 2023) for month in range(1, 13)]
    figures(dict.fromkeys(months, 100) | {"2022-03": 160, "2022-04": 110, "2022-05": 130, "2023-03": 200})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2022-03..2022-05,2023-03"})
    quarters = fetch_rows(client, MONTHLY_QUERY | {"frequency": "Q", "period": "2022-Q1,2022-Q2"})
    years = fetch_rows(client, MONTHLY_QUERY | {"frequency": "A", "period": "2022"})

    # April 2021 to March 2022 is 11 x 100 + 160; 110 against 100; 240 against 200; then 110 + 130 + 9 x 100 + 200.
    assert select_columns(found, "fytd_value", "fytd_pct") == [
        (1260, None),
        (110, 10.0),
        (240, 20.0),
        (1340, 6.3492),
    ]
    assert select_columns(quarters, "fytd_value", "fytd_pct") == [(1260, None), (340, 13.3333)]
    assert select_columns(years, "fytd_value", "fytd_pct") == [(None, None)]  # it begins within a calendar year


def test_fiscal_year_to_date_needs_every_month(client, figures):
    figures({"2022-04": 100, "2022-05": 100, "2023-04": 110, "2023-06": 90})

    found = fetch_rows(client, MONTHLY_QUERY | {"period": "2023-04..2023-06"})

    assert select_columns(found, "fytd_value", "fytd_pct") == [(110, 10.0), (None, None), (None, None)]


def test_half_years_are_sums_of_their_months(client, figures):
    figures({f"{year}-{month:02}": year - 2011 for year in (2021, 2022) for month in range(1, 13)} | {"2023-01": 20})

    query = {"reporter": "JPN", "flow": "X", "frequency": "H", "period": "2022-H1..2023-H1"}
    names = ("period", "value", "months_covered", "yoy_pct", "yoy_status", "pop_pct", "ytd_value", "r12_value")
    found, flows = (select_columns(fetch_rows(client, query, path), *names[:6]) for path in ("/v1/series", "/v1/flows"))

    # 6 x 10 in each half of 2021, 6 x 11 in each of 2022.
    assert (
        found
        == flows
        == [
            ("2022-H1", 66, 6, 10.0, "ok", 10.0),
            ("2022-H2", 66, 6, 10.0, "ok", 0.0),
            ("2023-H1", 20, 1, None, "incomplete_period", None),
        ]
    )
    assert select_columns(fetch_rows(client, query), *names[6:]) == [(66, 126), (132, 132), (None, None)]


FISCAL_MONTHS = {f"{number // 12}-{number % 12 + 1:02}": number // 12 - 2011 for number in range(2021 * 12, 2024 * 12)}
"""10 in each month of 2021, 11 in each month of 2022, 12 in each month of 2023."""


@pytest.mark.parametrize("path", ["/v1/flows", "/v1/series", "/v1/partners"])
def test_fiscal_years_are_sums_of_the_months_from_april(client, figures, path):
    figures(FISCAL_MONTHS)

    query = {"reporter": "JPN", "flow": "X", "partner": "WLD", "frequency": "F", "period": "FY2020..FY2023"}
    names = ("frequency", "period", "value", "months_covered", "yoy_base_period", "yoy_pct", "yoy_status")
    found = select_columns(fetch_rows(client, query, path), *names)

    # FY2021: 9 x 10 + 3 x 11, FY2022: 9 x 11 + 3 x 12; FY2020 has its last 3 months, FY2023 its first 9.
    assert found == [
        ("F", "FY2020", 30, 3, "FY2019", None, "incomplete_period"),
        ("F", "FY2021", 123, 12, "FY2020", None, "incomplete_period"),
        ("F", "FY2022", 135, 12, "FY2021", 9.7561, "ok"),
        ("F", "FY2023", 108, 9, "FY2022", None, "incomplete_period"),
    ]


def test_sums_to_date_of_fiscal_years_are_those_of_whole_fiscal_years(client, figures):
    figures(FISCAL_MONTHS)

    names = ("period", "period_complete", "ytd_value", "fytd_value", "fytd_pct", "r12_value", "streak_length")
    query = {"reporter": "JPN", "flow": "X", "frequency": "F", "period": "2022,latest"}

    assert select_columns(fetch_rows(client, query), *names) == [
        ("FY2022", True, None, 135, 9.7561, 135, 1),  # a calendar year begins within it
        ("FY2023", False, None, None, None, None, None),
    ]


def test_a_fiscal_year_of_months_is_the_months_in_it(client, figures):
    figures(FISCAL_MONTHS)

    found = fetch_rows(client, {"reporter": "JPN", "flow": "X", "frequency": "M", "period": "FY2022"}, "/v1/flows")

    assert [row["period"] for row in found] == [
        *(f"2022-{n:02}" for n in range(4, 13)),
        "2023-01",
        "2023-02",
        "2023-03",
    ]


def test_a_month_is_no_request_for_fiscal_years(client, figures):
    figures(FISCAL_MONTHS)

    answer = client.get("/v1/series", query_string=ANNUAL_QUERY | {"frequency": "F", "period": "2023-01"})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["suggestions"] == ["FY2022"]


def test_a_quarter_is_no_request_for_half_years(client, figures):
    figures({"2023-01": 20})

    answer = client.get("/v1/series", query_string=ANNUAL_QUERY | {"frequency": "H", "period": "2023-Q2"})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["suggestions"] == ["2023-H1"]


@pytest.mark.parametrize(
    ("path", "parameter", "accepted"),
    [
        ("/v1/omitted?reporter=JPN&flow=X&frequency=F", "frequency", ["M", "Q", "H", "A"]),
        ("/v1/omitted?reporter=JPN&flow=X&period=FY2023", "period", ["2023"]),
        ("/v1/reconciliation?reporter=JPN&flow=X&frequency=F", "frequency", ["M", "Q", "H", "A"]),
        ("/v1/reconciliation?reporter=JPN&flow=X&period=FY2023", "period", ["2023"]),
    ],
)
def test_resources_without_fiscal_years_name_the_periods_that_they_accept(demo, path, parameter, accepted):
    answer = demo.get(path)

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["parameter"]) == (422, parameter)
    assert all(each in f"{error['reason']} {error['suggestions']}" for each in accepted)


def test_there_is_no_briefing_on_a_fiscal_year(demo):
    answer = demo.get("/v1/briefings/JPN/FY2023")

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["parameter"], error["suggestions"]) == (404, "period", ["2023"])


def test_sdmx_names_the_frequencies_that_it_accepts(demo):
    answer = demo.get("/sdmx/2.1/data/jpn-pc-m-demo/F.JPN.X.WLD.TOTAL")

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["parameter"], error["reason"]) == (422, "key", "there is no F; there are M, Q, A")
