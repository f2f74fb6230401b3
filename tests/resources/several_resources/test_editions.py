"""Editions of HS, stitched: figures of each period from the newest edition, with growth over the edition before.

From H5 to H6 of the concordance: 620111 and 620191 became 620120 (n:1), 030510 became 030910 (1:1), 010121 stayed as it
was, and 854231 lost its waste to 8549 (n:n).
"""

import pytest

from service.ingest.sources import comtrade
from tests.support.ingest.loading import load_source_files

pytestmark = pytest.mark.large

H5 = {"code": "a-h5", "classification": "H5", "hs_codes": ("01", "03", "62", "85", "8542", "6201")}
H5["hs_codes"] += ("010121", "030510", "620111", "620191", "854231")
H6 = {"code": "b-h6", "classification": "H6"}
QUERY = {"reporter": "JPN", "flow": "X", "frequency": "A", "period": "all"}

H5_VALUES = {"010121": 10, "030510": 20, "620111": 40, "620191": 60, "62": 100, "854231": 500, "8542": 500}
H6_VALUES = {"010121": 12, "030910": 25, "620120": 150, "62": 150, "854231": 600, "8542": 610}


def cells(values, *, year, partner="WLD", flow="X"):
    return {(flow, partner, code, year): value for code, value in values.items()}


def publish_editions(figures, *, is_reversed=False, exhaustive=False):
    china_h5 = cells({"620111": 10, "620191": 10}, year="2021", partner="CHN")
    h5 = {"2020": 1000, "2021": 1100} | cells(H5_VALUES, year="2021") | china_h5
    h6 = {"2022": 1210, "2023": 1331} | cells(H6_VALUES, year="2022") | cells({"854231": 660}, year="2023")
    h6 |= cells({"620120": 30}, year="2022", partner="CHN")
    releases = [(h5, H5), (h6, H6)]
    for values, dataset in releases[::-1] if is_reversed else releases:
        figures(values, exhaustive=exhaustive, **dataset)


def fetch_rows(client, path, **query):
    answer = client.get(path, query_string={name: text for name, text in (QUERY | query).items() if text is not None})
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_series_goes_on_over_a_change_of_the_edition(client, figures, is_reversed):
    publish_editions(figures, is_reversed=is_reversed)

    rows = fetch_rows(client, "/v1/series")

    names = ("period", "classification", "value", "yoy_pct", "yoy_status", "streak_length", "cagr_pct")
    assert select_columns(rows, *names) == [
        ("2020", "H5", 1000, None, "base_missing", None, None),
        ("2021", "H5", 1100, 10.0, "ok", 1, 10.0),
        ("2022", "H6", 1210, 10.0, "ok", 2, 10.0),  # (1210 / 1000)^(1/2) = 1.1
        ("2023", "H6", 1331, 10.0, "ok", 3, 10.0),
    ]


def test_commodities_are_compared_by_the_concordance(client, figures):
    publish_editions(figures)

    codes = "010121,030910,62,620120,854231,8542"
    rows = fetch_rows(client, "/v1/flows", period="2022", commodity=codes)

    assert sorted(
        select_columns(rows, "commodity", "classification", "value", "yoy_base", "yoy_pct", "yoy_status")
    ) == [
        ("010121", "H6", 12, 10, 20.0, "ok"),
        ("030910", "H6", 25, 20, 25.0, "ok"),  # 030510 in H5
        ("62", "H6", 150, 100, 50.0, "ok"),
        ("620120", "H6", 150, 100, 50.0, "ok"),  # 40 of 620111 and 60 of 620191
        ("8542", "H6", 610, None, None, "series_break"),
        ("854231", "H6", 600, None, None, "series_break"),
    ]
    assert select_columns(fetch_rows(client, "/v1/series", commodity="854231"), "value", "yoy_pct", "yoy_status") == [
        (None, None, "value_missing"),
        (500, None, "base_missing"),
        (600, None, "series_break"),
        (660, 10.0, "ok"),
    ]


def test_an_exhaustive_dataset_has_no_zeros_of_another_edition(client, figures):
    publish_editions(figures, exhaustive=True)

    rows = fetch_rows(client, "/v1/series", commodity="620111,620120,854231", fields="value,yoy_status,pop_status")

    assert select_columns(rows, "commodity", "period", "value", "yoy_status", "pop_status") == [
        ("620120", "2020", None, "not_covered", "not_covered"),
        ("620120", "2021", None, "not_covered", "not_covered"),
        ("620120", "2022", 150, "ok", "ok"),
        ("620120", "2023", 0, "ok", "ok"),
        ("854231", "2020", 0, "base_missing", "base_missing"),
        ("854231", "2021", 500, "base_zero", "base_zero"),
        ("854231", "2022", 600, "series_break", "series_break"),
        ("854231", "2023", 660, "ok", "ok"),
        ("620111", "2020", 0, "base_missing", "base_missing"),
        ("620111", "2021", 40, "base_zero", "base_zero"),
        ("620111", "2022", None, "not_covered", "not_covered"),
        ("620111", "2023", None, "not_covered", "not_covered"),
    ]


def test_rankings_and_balances_compare_over_editions(client, figures):
    publish_editions(figures)
    figures(
        {("M", "WLD", "TOTAL", "2022"): 1000, ("M", "WLD", "854231", "2022"): 100},
        **H6,
        exhaustive=False,
        published="2024-03-01",
    )
    figures(
        {("M", "WLD", "TOTAL", "2021"): 1000, ("M", "WLD", "854231", "2021"): 100},
        **H5,
        exhaustive=False,
        published="2024-03-01",
    )

    (china,) = fetch_rows(client, "/v1/partners", period="2022", commodity="620120", partner="all")
    assert (china["yoy_base"], china["yoy_pct"]) == (20, 50.0)
    assert china["partner_contribution_pp"] == 10.0  # 10 more, of the World's 100
    commodities = fetch_rows(client, "/v1/commodities", period="2022", level="6", fields="value,rank,rank_base,yoy_pct")
    assert select_columns(commodities, "commodity", "rank", "rank_base", "yoy_pct") == [
        ("854231", 1, None, None),
        ("620120", 2, None, 50.0),
        ("030910", 3, None, 25.0),
        ("010121", 4, 5, 20.0),  # behind 854231, 620191, 620111 and 030510
    ]
    balances = fetch_rows(client, "/v1/balances", flow=None, period="2022", commodity="TOTAL,854231")
    assert sorted(
        select_columns(balances, "commodity", "classification", "balance", "balance_change", "balance_status")
    ) == [
        ("854231", "H6", 500, None, "series_break"),
        ("TOTAL", "H6", 210, 110, "ok"),  # 1210 - 1000 against 1100 - 1000
    ]


def test_a_named_edition_is_not_continued(client, figures):
    publish_editions(figures)

    rows = fetch_rows(client, "/v1/flows", classification="H6")
    stitched = client.get("/v1/flows", query_string=QUERY | {"classification": "HS"}).json

    assert select_columns(rows, "period", "yoy_status") == [("2022", "base_missing"), ("2023", "ok")]
    assert select_columns(stitched["data"], "period", "classification") == [
        ("2020", "H5"),
        ("2021", "H5"),
        ("2022", "H6"),
        ("2023", "H6"),
    ]
    assert stitched["meta"]["parameters"]["classification"] == "HS"
    assert [source["dataset"] for source in stitched["meta"]["sources"]] == ["b-h6", "a-h5"]
    newest = client.get("/v1/flows", query_string=QUERY | {"period": "2023"}).json
    assert select_columns(newest["data"], "value", "yoy_pct") == [(1331, 10.0)]
    assert [source["dataset"] for source in newest["meta"]["sources"]] == ["b-h6"]  # the base is of the same edition


def test_sums_over_months_end_where_the_commodity_changes(client, figures):
    months_2021, months_2022 = ([f"{year}-{month:02}" for month in range(1, 13)] for year in (2021, 2022))
    for dataset, months, total, chips in ((H5, months_2021, 100, 10), (H6, months_2022[:6], 110, 20)):
        values = {
            ("X", "WLD", code, month): value
            for month in months
            for code, value in (("TOTAL", total), ("854231", chips))
        }
        figures(values, exhaustive=False, **dataset)

    query = {"frequency": "M", "period": "2022-01,2022-06"}
    total = fetch_rows(client, "/v1/series", **query)
    chips = fetch_rows(client, "/v1/series", commodity="854231", **query)

    names = ("ytd_value", "ytd_pct", "r12_value", "pop_pct", "pop_status", "yoy_status")
    assert select_columns(total, *names) == [
        (110, 10.0, 1210, 10.0, "ok", "ok"),  # r12: 11 x 100 + 110
        (660, 10.0, 1260, 0.0, "ok", "ok"),  # r12: 6 x 100 + 6 x 110
    ]
    assert select_columns(chips, *names) == [
        (20, None, None, None, "series_break", "series_break"),
        (120, None, None, 0.0, "ok", "series_break"),
    ]
    years = fetch_rows(client, "/v1/flows", period="2021..2022")
    assert select_columns(years, "value", "period_complete", "yoy_status") == [
        (1200, True, "base_missing"),
        (660, False, "incomplete_period"),
    ]


def test_the_edition_of_a_part_of_a_year_is_the_newest(client, figures):
    halves = (
        (H5, range(1, 7), {"TOTAL": 1, "854231": 2, "030510": 3}),
        (H6, range(7, 13), {"TOTAL": 1, "854231": 4, "030910": 5}),
    )
    for dataset, months, values in halves:
        figures(
            {("X", "WLD", code, f"2022-{month:02}"): value for month in months for code, value in values.items()},
            exhaustive=False,
            **dataset,
        )

    rows = fetch_rows(client, "/v1/series", commodity="TOTAL,854231,030910")

    assert select_columns(rows, "commodity", "classification", "value", "yoy_status") == [
        ("TOTAL", "H6", 12, "base_missing"),
        ("030910", "H6", 48, "base_missing"),  # 6 x 3 of 030510 and 6 x 5
        ("854231", "H6", None, "series_break"),
    ]


def test_the_release_of_merged_commodities_is_the_latest_published(client, figures):
    months = [f"2022-{month:02}" for month in range(1, 13)]
    first = {("X", "WLD", code, month): 5 for month in months[:6] for code in ("620111", "620191")}
    revised = first | {("X", "WLD", "620111", month): 6 for month in months[:6]}
    figures(revised, exhaustive=False, published="2024-03-28", **H5)  # loaded before the release that it revises
    figures(first, exhaustive=False, published="2024-02-28", **H5)
    figures({("X", "WLD", "620120", month): 7 for month in months[6:]}, exhaustive=False, published="2024-01-28", **H6)

    (row,) = fetch_rows(client, "/v1/flows", period="2022", commodity="620120")

    assert (row["value"], row["release"]) == (6 * 11 + 6 * 7, "a-h5-2024-03-28")


def test_a_comtrade_download_of_two_editions_is_one_series(client, engine, shared_data, tmp_path):
    path = shared_data / "cases" / "two_editions.csv"
    load_source_files(engine, [path], describe=comtrade.describe, published_on="2024-06-01", archive_folder=tmp_path)

    latest = fetch_rows(client, "/v1/flows", reporter="SWE", period="latest")
    rows = fetch_rows(client, "/v1/flows", reporter="SWE", period="2022")

    assert select_columns(latest, "period", "value", "yoy_pct") == [("2023", 1331, 10.0)]
    assert select_columns(rows, "value", "classification", "yoy_pct", "yoy_status") == [(1210, "H6", 10.0, "ok")]


def test_flows_of_different_editions_have_no_balance_of_changed_commodities(client, figures):
    values = {"TOTAL": 10, "854231": 4}
    figures(cells(values, year="2022", flow="X"), exhaustive=False, **H6)
    figures(cells(values, year="2022", flow="M"), exhaustive=False, **H5)

    rows = fetch_rows(client, "/v1/balances", flow=None, commodity="TOTAL,854231")

    names = ("commodity", "exports_value", "imports_value", "balance", "balance_status")
    assert sorted(select_columns(rows, *names)) == [
        ("854231", 4, 4, None, "series_break"),
        ("TOTAL", 10, 10, 0, "base_missing"),
    ]


def test_a_computed_group_is_added_up_in_each_edition(client, figures):
    members = {"2021": (10, 20), "2022": (15, 30)}
    for year, edition in (("2021", H5), ("2022", H6)):
        germany, france = members[year]
        figures({("X", "DEU", "TOTAL", year): germany, ("X", "FRA", "TOTAL", year): france}, **edition)

    rows = fetch_rows(client, "/v1/series", partner="EU")

    # 10 + 20 = 30 and 15 + 30 = 45, half as much again. Other members have nothing: the datasets are exhaustive.
    assert select_columns(rows, "period", "classification", "value", "yoy_pct") == [
        ("2021", "H5", 30, None),
        ("2022", "H6", 45, 50.0),
    ]
