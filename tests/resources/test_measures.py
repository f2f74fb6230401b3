"""Trade measures, and trade in what they affect: 12 months before against 12 months since, and like with like."""

import csv

import pytest

from tests.support.ingest.annotations import SOURCE_TOML, load_annotations_text

CHIP_MEASURE_PATH = "/v1/measures/jpn-chipmaking-equipment-2023"
MEASURE_TOML = f"""
[[measure]]
id = "tariff-on-apples"
title = "A tariff on apples"
reporter = "JPN"
authority = "A ministry"
kind = "tariff"
flows = ["X"]
announced = 2022-12-10
in_force = 2023-01-01
partners = ["CHN"]
goods = [{{ classification = "T", code = "A", certainty = "exact" }}]
{SOURCE_TOML}
"""


def month_range(first, last):
    """Return the months from one to another, as 2022-01."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(start, end + 1)]


@pytest.fixture
def publish_measure(engine, figures, tmp_path):
    """Return a function that publishes trade in apples with China and the World, and enters a measure.

    Each month of 2022 is 100 with China and 400 with the World, each of 2023 and after 150 and 500.
    """

    def given(*, first="2022-01", last="2023-12", said="", instead="", **dataset):
        rows = {}
        for month in month_range(first, last):
            china, world = (100, 400) if month < "2023" else (150, 500)
            rows |= {("X", "CHN", "A", month): china, ("X", "WLD", "A", month): world}
        figures(rows, **dataset)
        load_annotations_text(engine, tmp_path / "measures.toml", MEASURE_TOML.replace(said, instead))

    return given


def fetch_trade(client, path="/v1/measures/tariff-on-apples/trade", **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.json
    return {row["partner"]: row for row in answer.json["data"]}


def select_columns(row, names):
    return [row[name] for name in names.split()]


def test_twelve_months_before_are_compared_with_twelve_since(client, publish_measure):
    publish_measure()

    rows = fetch_trade(client)

    assert sorted(rows) == ["CHN", "WLD"]
    china = rows["CHN"]
    assert select_columns(china, "event event_on before_first before_last since_first since_last") == [
        "in_force",
        "2023-01-01",
        "2022-01",
        "2022-12",
        "2023-01",
        "2023-12",
    ]
    assert select_columns(china, "months_before before_value months_since since_value") == [12, 1200, 12, 1800]
    assert select_columns(china, "growth_pct growth_status before_share_pct since_share_pct") == [
        50.0,
        "ok",
        25.0,
        30.0,
    ]
    assert select_columns(rows["WLD"], "growth_pct before_share_pct since_share_pct") == [25.0, 100.0, 100.0]


def test_the_effective_month_is_excluded(client, publish_measure):
    publish_measure(last="2024-01", said="in_force = 2023-01-01", instead="in_force = 2023-01-15")

    china = fetch_trade(client)["CHN"]

    assert select_columns(china, "before_first before_last since_first since_last") == [
        "2022-01",
        "2022-12",
        "2023-02",
        "2024-01",
    ]
    # Of the months since, January 2024 alone has its base in the month of the day: 11 x 100 and 150.
    assert select_columns(china, "months_since since_value growth_pct") == [12, 1800, 50.0]
    assert select_columns(china, "matched_months matched_base matched_value") == [12, 1250, 1800]


def test_with_missing_months_only_matched_months_are_compared(client, publish_measure):
    publish_measure(first="2022-03", last="2023-05")

    china = fetch_trade(client)["CHN"]

    assert select_columns(china, "months_before before_value months_since since_value") == [10, None, 5, None]
    assert select_columns(china, "growth_pct growth_status") == [None, "incomplete_period"]
    # March to May of both years are there.
    assert select_columns(china, "matched_months matched_first matched_last") == [3, "2023-03", "2023-05"]
    assert select_columns(china, "matched_base matched_value matched_pct matched_status") == [300, 450, 50.0, "ok"]
    assert select_columns(china, "matched_base_share_pct matched_share_pct") == [25.0, 30.0]


def test_growth_over_an_incomplete_base_year_is_null(client, publish_measure):
    publish_measure(first="2022-03", last="2023-12")

    assert select_columns(fetch_trade(client)["CHN"], "months_since since_value growth_status") == [
        12,
        1800,
        "incomplete_period",
    ]


def test_a_measure_without_later_figures_has_a_status(client, publish_measure):
    publish_measure(last="2022-12")

    china = fetch_trade(client)["CHN"]

    assert select_columns(china, "months_before before_value months_since growth_status") == [
        12,
        1200,
        0,
        "value_missing",
    ]
    assert select_columns(china, "matched_months matched_first matched_value matched_status") == [
        0,
        None,
        None,
        "value_missing",
    ]


def test_months_after_until_are_not_counted(client, publish_measure):
    publish_measure()

    china = fetch_trade(client, until="2023-04")["CHN"]

    assert select_columns(china, "months_before months_since matched_months matched_last") == [12, 4, 4, "2023-04"]


def test_the_announcement_can_be_selected_as_event(client, publish_measure):
    publish_measure()

    china = fetch_trade(client, event="announced")["CHN"]

    assert select_columns(china, "event event_on before_first since_first") == [
        "announced",
        "2022-12-10",
        "2021-12",
        "2023-01",
    ]
    assert select_columns(china, "months_before growth_status") == [11, "incomplete_period"]


def test_a_measure_without_an_effective_day_uses_its_announcement(client, publish_measure):
    publish_measure(said="in_force = 2023-01-01", instead="")

    assert fetch_trade(client)["CHN"]["event"] == "announced"
    refused = client.get("/v1/measures/tariff-on-apples/trade?event=in_force")
    assert (refused.status_code, refused.json["errors"][0]["suggestions"]) == (422, ["announced"])


def test_missing_figures_are_zero_only_in_exhaustive_datasets(client, publish_measure, figures):
    publish_measure()
    assert select_columns(fetch_trade(client, partner="FRA")["FRA"], "months_before before_value growth_status") == [
        12,
        0,
        "base_zero",
    ]

    figures({("X", "WLD", "A", "2023-12"): 1}, code="selection", exhaustive=False)
    row = fetch_trade(client, partner="FRA", dataset="selection")["FRA"]
    assert select_columns(row, "months_before before_value growth_status matched_status") == [
        0,
        None,
        "not_covered",
        "not_covered",
    ]


def test_commodities_below_the_reported_levels_are_not_covered(client, publish_measure):
    publish_measure(said='code = "A"', instead='code = "A1"')

    # A1 is a part of A, and the figures are of A alone.
    assert select_columns(
        fetch_trade(client)["CHN"], "months_before before_value since_value growth_status matched_months"
    ) == [
        0,
        None,
        None,
        "not_covered",
        0,
    ]


def test_commodities_use_the_classification_of_the_dataset(client, publish_measure):
    both = """goods = [
        { classification = "H6", code = "0808", certainty = "broader" },
        { classification = "T", code = "A", certainty = "exact", note = "These are they." }]"""
    publish_measure(said='goods = [{ classification = "T", code = "A", certainty = "exact" }]', instead=both)

    assert select_columns(fetch_trade(client)["CHN"], "classification commodity certainty mapping_note") == [
        "T",
        "A",
        "exact",
        "These are they.",
    ]
    other = client.get("/v1/measures/tariff-on-apples/trade?classification=HS").json
    assert (other["data"], other["meta"]["empty_reason"]) == ([], "not_covered")


def test_measures_are_hidden_before_their_announcement(client, publish_measure):
    publish_measure()

    assert client.get("/v1/measures?as_of=2022-12-09").json["data"] == []
    early = client.get("/v1/measures/tariff-on-apples/trade?as_of=2022-12-09")
    assert (early.status_code, early.json["type"]) == (404, "/problems/not-found")
    assert "announced by 2022-12-09" in early.json["detail"]


def test_measures_are_filtered_by_area_kind_and_period(client, publish_measure):
    # It ends with the end of June: on 1 July it no longer is in force.
    publish_measure(said="partners", instead="ended = 2023-07-01\npartners")
    expected = {
        "reporter=JPN": 1,
        "reporter=USA": 0,
        "partner=CHN": 1,
        "partner=FRA": 0,
        "kind=tariff": 1,
        "kind=quota": 0,
        "period=2022-11": 0,
        "period=2022-12": 1,
        "period=2023-06": 1,
        "period=2023-07": 0,
        "period=2022-Q4": 1,
        "period=2024..2025": 0,
    }

    found = {question: len(client.get(f"/v1/measures?{question}").json["data"]) for question in expected}

    assert found == expected


def test_a_measure_on_a_group_affects_its_members(client, publish_measure):
    publish_measure(said='["CHN"]', instead='["ASEAN"]')

    assert [len(client.get(f"/v1/measures?partner={code}").json["data"]) for code in ("VNM", "ASEAN", "CHN")] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("commodity=IC", "commodity"),
        ("classification=HS", "classification"),
        ("dataset=jpn-pc", "dataset"),
        ("until=2024", "until"),
        ("until=2024-13", "until"),
        ("event=ended", "event"),
        ("partner=CHM", "partner"),
        ("sort=title", "sort"),
        ("reporter=JPN", "reporter"),
    ],
)
def test_invalid_parameters_are_rejected_by_name(demo, question, parameter):
    answer = demo.get(f"{CHIP_MEASURE_PATH}/trade?{question}")

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


def test_an_unknown_measure_is_404(demo):
    answer = demo.get("/v1/measures/jpn-chipmaking-equipment/trade")

    assert answer.status_code == 404
    assert "Did you mean jpn-chipmaking-equipment-2023?" in answer.json["detail"]


def test_japans_chip_export_controls_match_the_ministry(demo):
    (row,) = demo.get("/v1/measures?reporter=JPN&partner=CHN&period=2024-01").json["data"]

    assert demo.get(CHIP_MEASURE_PATH).json["data"] == [row]
    assert select_columns(row, "kind flows announced_on in_force_on ended_on partners") == [
        "export_control",
        ["X"],
        "2023-05-23",
        "2023-07-23",
        None,
        [],
    ]
    assert row["goods"] == ["JP-PC:SEMICON-MACHINERY-ETC:indicative"]


def test_three_of_six_months_since_the_controls_are_matched(demo):
    rows = fetch_trade(demo, f"{CHIP_MEASURE_PATH}/trade", partner="CHN,WLD")

    china = rows["CHN"]
    assert select_columns(china, "months_before months_since growth_pct growth_status") == [
        8,
        6,
        None,
        "incomplete_period",
    ]
    assert select_columns(china, "matched_months matched_first matched_last") == [3, "2023-11", "2024-01"]
    # Thousand yen, November to January: 93,602,873 + 110,662,441 + 67,175,882, and
    # 157,527,249 + 222,235,258 + 124,040,531; with the World 922,384,132 and 981,424,599.
    assert select_columns(china, "matched_base matched_value") == [271_441_196_000, 503_803_038_000]
    assert china["matched_pct"] == pytest.approx(85.603, abs=0.0005)
    assert china["matched_base_share_pct"] == pytest.approx(29.428, abs=0.0005)
    assert china["matched_share_pct"] == pytest.approx(51.334, abs=0.0005)
    assert rows["WLD"]["matched_pct"] == pytest.approx(6.401, abs=0.0005)


def test_each_month_is_converted_at_its_own_rate(demo):
    china = fetch_trade(demo, f"{CHIP_MEASURE_PATH}/trade", partner="CHN", currency="USD", fx="2024-02-21")["CHN"]

    # One rate for all, 1.0809 / 162.12 dollars for a yen, leaves growth and shares as they are.
    assert select_columns(china, "currency matched_value matched_pct") == [
        "USD",
        round(503_803_038_000 * 10809 / 1_621_200),
        85.603,
    ]
    own_rates = fetch_trade(demo, f"{CHIP_MEASURE_PATH}/trade", partner="CHN", currency="USD")["CHN"]
    assert own_rates["matched_pct"] != china["matched_pct"]


def test_measure_trade_is_available_as_csv(demo):
    answer = demo.get(f"{CHIP_MEASURE_PATH}/trade?format=csv")

    (row,) = csv.DictReader(answer.text.splitlines())
    assert (row["partner"], row["months_since"], row["growth_pct"]) == ("WLD", "6", "")
