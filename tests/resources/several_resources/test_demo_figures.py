"""The first case of the service: the figures of the press on January 2024, from the demo.

Expected figures are those of the Ministry of Finance's releases, as the sources of the press printed them.
"""

import pytest

JANUARY_QUERY = {"reporter": "JPN", "flow": "X", "period": "2024-01"}


def fetch_row(demo, path, **query):
    answer = demo.get(path, query_string=JANUARY_QUERY | query)
    assert answer.status_code == 200, answer.json
    (row,) = answer.json["data"]
    return row


def test_exports_to_china_rose_by_29_percent(demo):
    row = fetch_row(demo, "/v1/flows", partner="CHN")

    assert (row["value"], row["currency"], row["yoy_status"]) == (1_250_314_515_000, "JPY", "ok")
    assert row["yoy_pct"] == pytest.approx(29.22, abs=0.005)
    assert row["partner_share_pct"] == pytest.approx(17.05, abs=0.005)
    assert row["partner_contribution_pp"] == pytest.approx(4.32, abs=0.005)


@pytest.mark.parametrize(("partner", "yoy_pct"), [("CHN", 29.22), ("USA", 15.62), ("WLD", 11.94)])
def test_export_growth_matches_the_press(demo, partner, yoy_pct):
    assert fetch_row(demo, "/v1/flows", partner=partner)["yoy_pct"] == pytest.approx(yoy_pct, abs=0.005)


def test_all_exports_were_7_33_trillion_yen(demo):
    row = fetch_row(demo, "/v1/flows", partner="WLD")

    assert row["value"] // 1_000_000 == 7_332_754
    assert row["valuation"] == "FOB"


def test_exports_grew_for_a_second_month(demo):
    answer = demo.get("/v1/series", query_string=JANUARY_QUERY | {"period": "2023-11..2024-01"})

    streaks = [(row["period"], row["streak_direction"], row["streak_length"]) for row in answer.json["data"]]
    assert streaks == [("2023-11", "down", 1), ("2023-12", "up", 1), ("2024-01", "up", 2)]


@pytest.mark.parametrize(
    ("commodity", "yoy_pct"), [("SEMICON-MACHINERY-ETC", 84.7), ("SEMICONDUCTORS-ETC", -6.7), ("IC", -17.2)]
)
def test_chipmaking_machinery_to_china_rose_while_chips_fell(demo, commodity, yoy_pct):
    answer = demo.get("/v1/commodities", query_string=JANUARY_QUERY | {"partner": "CHN"})

    growth = {row["commodity"]: row["yoy_pct"] for row in answer.json["data"]}
    assert growth[commodity] == pytest.approx(yoy_pct, abs=0.05)


def test_section_contributions_sum_to_the_growth(demo):
    answer = demo.get("/v1/commodities", query_string=JANUARY_QUERY | {"partner": "CHN", "level": "1"})

    sections = answer.json["data"]
    assert len(sections) == 9
    assert sum(row["value"] for row in sections) == 1_250_314_515_000
    assert sum(row["commodity_contribution_pp"] for row in sections) == pytest.approx(29.2195, abs=9 * 0.00005)


def test_a_month_without_a_base_has_a_status(demo):
    row = fetch_row(demo, "/v1/flows", period="2023-10", partner="CHN")

    assert (row["yoy_pct"], row["yoy_status"], row["yoy_base_period"]) == (None, "base_missing", "2022-10")


def test_figures_are_as_of_the_requested_day(demo):
    before = demo.get("/v1/flows", query_string=JANUARY_QUERY | {"as_of": "2024-02-20"}).json
    after = demo.get("/v1/flows", query_string=JANUARY_QUERY | {"as_of": "2024-02-28"}).json

    assert (before["data"], before["meta"]["empty_reason"]) == ([], "not_published")
    assert after["data"][0]["release"] == "jpn-pc-m-demo-2024-02-28"


def test_partners_are_ranked_by_value(demo):
    answer = demo.get("/v1/partners", query_string=JANUARY_QUERY | {"limit": "3"})

    assert [(row["partner"], row["partner_name"], row["rank"]) for row in answer.json["data"]] == [
        ("USA", "United States", 1),
        ("CHN", "China", 2),
        ("KOR", "South Korea", 3),
    ]


def test_one_partner_has_both_flows(demo):
    answer = demo.get("/v1/partners/CHN", query_string={"reporter": "JPN", "period": "2024-01"})

    sides = [(row["flow"], row["valuation"], row["rank"]) for row in answer.json["data"]]
    assert sides == [("X", "FOB", 2), ("M", "CIF", 1)]


def test_one_commodity_has_both_flows(demo):
    answer = demo.get("/v1/commodities/ic", query_string={"reporter": "JPN", "period": "2024-01"})

    assert [(row["commodity"], row["flow"], row["parent"], row["level"]) for row in answer.json["data"]] == [
        ("IC", "X", "SEMICONDUCTORS-ETC", 3),
        ("IC", "M", "SEMICONDUCTORS-ETC", 3),
    ]


def test_reporters_describe_the_loaded_data(demo):
    row, american = demo.get("/v1/reporters").json["data"]

    assert (row["reporter"], row["first_period"], row["latest_period"], row["releases"]) == (
        "JPN",
        "2022-01",
        "2024-01",
        17,
    )
    assert row["imports_yoy_pct"] == pytest.approx(-9.51, abs=0.005)
    assert demo.get("/v1/reporters/jp").json["data"] == [row]
    assert (american["reporter"], american["first_period"], american["latest_period"], american["releases"]) == (
        "USA",
        "2021-01",
        "2024-01",
        1,
    )
    # 253,692.7 million dollars against 254,625.8: -0.37%; exports 160,165.5 against 164,771.7: -2.80%.
    assert (american["imports_yoy_pct"], american["exports_yoy_pct"]) == pytest.approx((-0.366, -2.796), abs=0.001)


def test_both_sides_of_the_trade_of_japan_and_the_united_states_are_there(demo):
    query = {"reporter": "JPN", "partner": "USA", "flow": "X", "period": "2024-01", "currency": "USD"}
    (row,) = demo.get("/v1/mirror", query_string=query).json["data"]

    # 12,576.2 million dollars of imports from Japan against 11,035.6 million: +13.96%.
    assert (row["mirror_value"], row["mirror_valuation"]) == (12_576_234_409, "customs value")
    assert row["mirror_yoy_pct"] == pytest.approx(13.96, abs=0.005)
    # 1,423.4 billion yen at 146.2 yen per dollar.
    assert round(row["value"] / 1e9, 2) == 9.74

    path = "/v1/reconciliation?reporter=JPN&partner=USA&flow=X&period=2024-01&claimed=12.6e9&claimed_currency=USD"
    readings = demo.get(path).json["data"]
    assert {each["kind"]: each["value"] for each in readings}["mirror"] == 12_576_234_409


def test_chapters_of_the_imports_of_the_united_states_add_up(demo):
    for partner, total in (("WLD", 253_692_671_061), ("JPN", 12_576_234_409), ("CHN", 35_782_600_942)):
        query = {"reporter": "USA", "partner": partner, "flow": "M", "period": "2024-01"}
        chapters = demo.get("/v1/commodities", query_string={**query, "level": "2", "limit": "200"}).json["data"]
        (row,) = demo.get("/v1/flows", query_string=query).json["data"]

        assert (sum(each["value"] or 0 for each in chapters), row["value"]) == (total, total)


def test_a_text_on_two_reporters_is_read_by_the_one_that_it_names(demo):
    texts = (
        "Exports to the United States rose 15.6 percent in January 2024.",
        "US imports from Japan rose 14.0 percent in January 2024.",
        "Exports to China fell 7.0 percent in January 2024.",
        "Imports were 9,093.1 billion yen in January 2024.",
    )
    rows = [demo.post("/v1/checks", json={"text": text, "published": "2024-02-29"}).json["data"][0] for text in texts]

    # US imports from Japan were published after the text. The third text is on the United States, and does not say so:
    # its number is not that of Japan, which is assumed, and which proves nothing.
    assert [(row["parsed"]["reporter"], row["verdict"], row["reason"]) for row in rows] == [
        ("JPN", "holds", None),
        ("USA", "cannot_be_checked", "not_published_by_then"),
        ("JPN", "cannot_be_checked", "ambiguous"),
        ("JPN", "holds", None),
    ]
