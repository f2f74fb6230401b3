"""Balances: exports minus imports, their change, and their status."""

import pytest

QUERY = {"reporter": "JPN", "frequency": "A", "period": "2021"}


def flow_pair(exports, imports, *, partner="WLD", commodity="TOTAL"):
    """Return the figures of 2020 and 2021 of both flows."""
    values = {"X": exports, "M": imports}
    return {
        (flow, partner, commodity, year): value
        for flow, both in values.items()
        for year, value in zip(("2020", "2021"), both, strict=True)
        if value is not None
    }


def fetch_balances(client, **query):
    answer = client.get("/v1/balances", query_string=QUERY | query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


@pytest.mark.parametrize(
    ("exports", "imports", "balance", "change", "magnitude_pct", "transition"),
    [
        ((60, 80), (100, 100), -20, 20, -50.0, "deficit_narrowed"),
        ((80, 70), (100, 100), -30, -10, 50.0, "deficit_widened"),
        ((120, 105), (100, 100), 5, -15, -75.0, "surplus_narrowed"),
        ((110, 130), (100, 100), 30, 20, 200.0, "surplus_widened"),
        ((90, 130), (100, 100), 30, 40, None, "to_surplus"),
        ((130, 90), (100, 100), -10, -40, None, "to_deficit"),
        ((90, 90), (100, 100), -10, 0, 0.0, "unchanged"),
        ((100, 130), (100, 100), 30, 30, None, "to_surplus"),  # out of a balance of 0, which has no percent
        ((90, 100), (100, 100), 0, 10, -100.0, "deficit_narrowed"),
    ],
)
def test_a_balance_has_change_magnitude_and_transition(
    client, figures, exports, imports, balance, change, magnitude_pct, transition
):
    figures(flow_pair(exports, imports))

    (row,) = fetch_balances(client)

    columns = ("balance", "balance_change", "balance_magnitude_pct", "balance_transition", "balance_status")
    assert [row[name] for name in columns] == [balance, change, magnitude_pct, transition, "ok"]


def test_a_balance_includes_both_flows(client, figures):
    figures(flow_pair((60, 90), (100, 120)))

    (row,) = fetch_balances(client)

    assert (row["exports_value"], row["exports_yoy_pct"], row["exports_valuation"]) == (90, 50.0, "FOB")
    assert (row["imports_value"], row["imports_yoy_pct"], row["imports_valuation"]) == (120, 20.0, "CIF")
    assert (row["cover_ratio_pct"], row["two_way_value"], row["two_way_yoy_pct"]) == (75.0, 210, 31.25)


def test_without_a_base_a_balance_has_no_change(client, figures):
    figures(flow_pair((None, 90), (None, 120)))

    (row,) = fetch_balances(client)

    assert (row["balance"], row["balance_base"], row["balance_change"]) == (-30, None, None)
    assert (row["balance_status"], row["balance_transition"]) == ("base_missing", None)


def test_a_missing_flow_of_an_exhaustive_source_is_zero(client, figures):
    figures(flow_pair((500, 600), (400, 500)) | flow_pair((40, 60), (None, None), partner="CHN"))

    (row,) = fetch_balances(client, partner="CHN")

    assert (row["exports_value"], row["imports_value"], row["balance"], row["balance_change"]) == (60, 0, 60, 20)
    assert row["cover_ratio_pct"] is None


def test_a_missing_flow_of_a_selective_source_is_null(client, figures):
    figures(flow_pair((500, 600), (400, 500)) | flow_pair((40, 60), (None, None), partner="CHN"), exhaustive=False)

    (row,) = fetch_balances(client, partner="CHN")

    assert (row["exports_value"], row["imports_value"], row["balance"]) == (60, None, None)
    assert row["balance_status"] == "not_covered"


def test_partners_are_ranked_by_balance(client, figures):
    figures(
        flow_pair((0, 50), (0, 20), partner="CHN")
        | flow_pair((0, 10), (0, 90), partner="USA")
        | flow_pair((0, 70), (0, 30), partner="KOR")
    )

    rows = fetch_balances(client, partner="all", sort="-balance")

    assert [(row["partner"], row["balance"], row["rank"]) for row in rows] == [
        ("KOR", 40, 1),
        ("CHN", 30, 2),
        ("USA", -80, 3),
    ]


def test_balances_are_paginated(client, figures):
    figures({(flow, "WLD", "TOTAL", str(year)): year for flow in "XM" for year in range(2010, 2016)})

    found, address = [], "/v1/balances?reporter=JPN&frequency=A&period=all&limit=4"
    while address:
        page = client.get(address).json
        found += [row["period"] for row in page["data"]]
        address = page["links"]["next"]

    assert found == [str(year) for year in range(2010, 2016)]


def test_a_converted_balance_is_the_difference_of_rounded_flows(client, figures):
    figures(flow_pair((10, 11), (10, 10)), currency="EUR")
    figures.execute("""
        INSERT INTO exchange_rate (currency, day, per_euro) VALUES
            ('EUR', '2020-01-02', 1), ('EUR', '2020-12-31', 1), ('EUR', '2021-01-04', 1), ('EUR', '2021-12-31', 1),
            ('USD', '2020-01-02', 1.04), ('USD', '2020-12-31', 1.04), ('USD', '2021-01-04', 1.04),
            ('USD', '2021-12-31', 1.04)""")

    (row,) = fetch_balances(client, currency="USD")

    # 11.44 - 10.4, as shown 11 - 10; the year before 10.4 - 10.4.
    assert (row["exports_value"], row["imports_value"], row["balance"], row["balance_change"]) == (11, 10, 1, 1)


def test_converted_two_way_trade_is_the_sum_of_rounded_flows(client, figures):
    figures(flow_pair((10, 14), (10, 14)), currency="EUR")
    figures.execute("""
        INSERT INTO exchange_rate (currency, day, per_euro) VALUES
            ('EUR', '2021-01-04', 1), ('EUR', '2021-12-31', 1),
            ('USD', '2021-01-04', 1.1), ('USD', '2021-12-31', 1.1)""")

    (row,) = fetch_balances(client, currency="USD")

    # 15.4 and 15.4, as shown 15 and 15; together 30.8.
    assert (row["exports_value"], row["imports_value"], row["two_way_value"]) == (15, 15, 30)


def test_commodity_balances_sum_to_the_total_with_residuals(client, figures):
    figures(
        flow_pair((100, 120), (80, 90), partner="CHN")
        | flow_pair((50, 70), (10, 5), partner="CHN", commodity="A")
        | flow_pair((20, 30), (60, 75), partner="CHN", commodity="B")
    )

    rows = fetch_balances(client, partner="CHN", commodity="all", level="1", residual="true", limit="1")

    # B is the larger by both flows, 105. Cut off: A. Not broken down: 120 - 100 of exports and 90 - 80 of imports.
    names = (
        "commodity",
        "exports_value",
        "imports_value",
        "balance",
        "balance_base",
        "balance_change",
        "two_way_value",
    )
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("B", 30, 75, -45, -40, -5, 105),
        ("other", 70, 5, 65, 40, 25, 75),
        ("unallocated", 20, 10, 10, 20, -10, 30),
    ]
    assert [(row["balance_transition"], row["rank"]) for row in rows[1:]] == [
        ("surplus_widened", None),
        ("surplus_narrowed", None),
    ]


def test_partner_balances_sum_to_world_with_residuals(client, figures):
    figures(
        flow_pair((100, 120), (80, 90))
        | flow_pair((50, 70), (10, 5), partner="CHN")
        | flow_pair((20, 30), (60, 75), partner="USA")
        | flow_pair((10, 10), (None, None), partner="KOR")
    )

    rows = fetch_balances(client, partner="all", residual="true", sort="-balance", limit="1")

    names = ("partner", "exports_value", "imports_value", "balance", "two_way_value")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("CHN", 70, 5, 65, 75),
        ("other", 40, 75, -35, 115),
        ("unallocated", 10, 10, 0, 20),
    ]


def test_a_residual_with_one_flow_has_zero_for_the_other(client, figures):
    figures(
        flow_pair((100, 120), (80, 90))
        | flow_pair((50, 70), (80, 90), partner="CHN")
        | flow_pair((20, 30), (None, None), partner="USA"),
        exhaustive=False,
    )

    rows = fetch_balances(client, partner="all", residual="true", limit="1")

    assert [(row["partner"], row["exports_value"], row["imports_value"]) for row in rows] == [
        ("CHN", 70, 90),
        ("other", 30, 0),
        ("unallocated", 20, 0),
    ]


def test_overlapping_members_are_rejected(client, figures):
    figures(flow_pair((100, 120), (80, 90)) | flow_pair((50, 70), (10, 5), partner="THA"))

    faults = {
        code: client.get("/v1/balances", query_string=QUERY | {"partner": code, "residual": "true"}).json
        for code in ("WLD", "ASEAN,THA")
    }

    assert {fault["type"] for fault in faults.values()} == {"/problems/overlapping-members"}
    (of_asean,) = faults["ASEAN,THA"]["errors"]
    assert of_asean["reason"].startswith(
        "BRN, IDN, KHM, LAO, MMR, MYS, PHL, SGP, THA, VNM are among the single partners"
    )


def test_the_deficit_of_january_2024_halved(demo):
    (row,) = demo.get("/v1/balances?reporter=JPN&period=2024-01").json["data"]

    assert (round(row["balance"] / 1e9, 1), round(row["balance_base"] / 1e9, 1)) == (-1760.3, -3498.6)
    assert row["balance_magnitude_pct"] == pytest.approx(100 * (1760.3 - 3498.6) / 3498.6, abs=0.005)
    assert row["balance_transition"] == "deficit_narrowed"


def test_a_group_has_a_balance(client, figures):
    only_bought = {("M", "LAO", "TOTAL", "2021"): 7}
    figures(flow_pair((60, 80), (50, 43), partner="VNM") | flow_pair((10, 20), (30, 30), partner="THA") | only_bought)

    (row,) = fetch_balances(client, partner="ASEAN")

    assert (row["exports_value"], row["imports_value"], row["balance"], row["balance_change"]) == (100, 80, 20, 30)
    assert row["group_basis"] == "computed"
    assert row["members_missing"] == []  # the dataset is exhaustive: members without a figure had no trade


def test_balances_reject_the_flow_parameter(demo):
    answer = demo.get("/v1/balances?reporter=JPN&flow=X")

    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "flow")


def test_a_flow_that_a_selection_never_reports_is_not_covered(client, figures):
    exports = {("X", partner, "A", year): 10 for partner in ("WLD", "CHN") for year in ("2020", "2021")}
    imports = {("M", "WLD", "A", year): 7 for year in ("2020", "2021")} | {("M", "CHN", "A", "2019"): 5}
    figures(exports | imports | {("M", "WLD", "A", "2019"): 7}, exhaustive=False)
    del imports["M", "CHN", "A", "2019"]
    figures(exports | imports, exhaustive=False, code="never")

    columns = (
        "partner",
        "exports_value",
        "exports_yoy_status",
        "imports_value",
        "imports_yoy_status",
        "balance_status",
    )
    rows = {
        code: [
            tuple(row[name] for name in columns)
            for row in fetch_balances(client, partner="CHN", commodity="A", dataset=code)
        ]
        for code in ("test-a", "never")
    }
    series = client.get(
        "/v1/series", query_string=QUERY | {"partner": "CHN", "commodity": "A", "dataset": "never"}
    ).json

    # The first dataset reports imports from China in 2019 alone, the other never.
    assert rows == {
        "test-a": [("CHN", 10, "ok", None, "value_missing", "value_missing")],
        "never": [("CHN", 10, "ok", None, "not_covered", "not_covered")],
    }
    assert [row["yoy_status"] for row in series["data"] if row["flow"] == "M"] == ["not_covered"]
