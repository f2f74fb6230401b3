"""US Census files: flows by the value's column, aggregates kept apart from countries."""

import json

from service.ingest.sources.us_census import describe

CSV_HEADER = "I_COMMODITY,CTY_CODE,CTY_NAME,GEN_VAL_MO,YEAR,MONTH,COMM_LVL\n"
CSV_ROWS = (
    "84,5700,CHINA,60,2024,01,HS2\n"
    "85,5700,CHINA,40,2024,01,HS2\n"
    "85,5880,JAPAN,30,2024,01,HS2\n"
    "85,5XXX,ASIA,70,2024,01,HS2\n"
)


def select_values(figures):
    return [(flow, partner, commodity, value) for flow, partner, commodity, _, _, value, *_ in figures]


def test_totals_exclude_country_groups(load_source_file, query_figures):
    load_source_file(describe, CSV_HEADER + CSV_ROWS)

    assert select_values(query_figures()) == [
        (2, "CHN", "84", 60),
        (2, "CHN", "85", 40),
        (2, "CHN", "TOTAL", 100),
        (2, "JPN", "85", 30),
        (2, "JPN", "TOTAL", 30),
        (2, "USC-5XXX", "85", 70),
        (2, "USC-5XXX", "TOTAL", 70),
        (2, "WLD", "84", 60),
        (2, "WLD", "85", 70),
        (2, "WLD", "TOTAL", 130),
    ]


def test_a_published_total_is_not_recomputed(load_source_file, query_figures):
    load_source_file(describe, CSV_HEADER + CSV_ROWS + "85,-,TOTAL FOR ALL COUNTRIES,75,2024,01,HS2\n")

    world = [row for row in select_values(query_figures()) if row[1] == "WLD"]
    assert world == [(2, "WLD", "84", 60), (2, "WLD", "85", 75), (2, "WLD", "TOTAL", 75)]


def test_the_api_json_is_parsed(load_source_file, query_figures):
    rows = [line.split(",") for line in (CSV_HEADER + CSV_ROWS).splitlines()]
    load_source_file(describe, json.dumps(rows), name="answer.json")

    assert (2, "WLD", "TOTAL", 130) in select_values(query_figures())


def test_files_without_commodities_are_totals_of_both_flows(load_source_file, query_figures, tmp_path):
    imports, exports = tmp_path / "imports.csv", tmp_path / "exports.csv"
    imports.write_text("CTY_CODE,CTY_NAME,GEN_VAL_MO,YEAR,MONTH\n5700,CHINA,5,2024,01\n")
    exports.write_text("CTY_CODE,CTY_NAME,ALL_VAL_MO,YEAR,MONTH\n5700,CHINA,3,2024,01\n")

    (loaded,) = load_source_file(describe, [imports, exports])

    assert loaded.release_code == "usa-totals-m-2024-02-28"
    assert select_values(query_figures()) == [(1, "CHN", "TOTAL", 3), (2, "CHN", "TOTAL", 5)]


def test_us_imports_from_china_by_chapter_add_up(load_source_file, shared_data, client):
    folder = shared_data / "us_census"
    (loaded,) = load_source_file(
        describe, folder / "imports_hs2_by_country_monthly_2023_2024.csv.gz", published="2025-02-05"
    )

    assert loaded.warnings == ()
    question = {"reporter": "USA", "flow": "M", "period": "2024-01", "partner": "CHN", "limit": "1000"}
    chapters = client.get("/v1/flows", query_string=question | {"commodity": "all", "level": "2"}).json["data"]
    (total,) = client.get("/v1/flows", query_string=question).json["data"]
    assert sum(row["value"] for row in chapters) == total["value"] == 35_782_600_942
    (world,) = client.get("/v1/flows", query_string=question | {"partner": "WLD"}).json["data"]
    countries = client.get("/v1/flows", query_string=question | {"partner": "all"}).json["data"]
    assert sum(row["value"] for row in countries) == world["value"]


def test_us_totals_by_country_load(load_source_file, shared_data):
    folder = shared_data / "us_census"
    files = [folder / f"{side}_by_country_monthly_2013_2024.csv.gz" for side in ("exports", "imports")]

    (loaded,) = load_source_file(describe, files, published="2025-02-05")

    assert (loaded.warnings, loaded.row_count > 60_000) == ((), True)
