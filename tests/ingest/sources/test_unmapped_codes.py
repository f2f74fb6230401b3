"""Unmapped codes: kept, counted in every total, and listed with their release."""

import csv
import json

import pytest

from service.app import create_app
from service.errors import InvalidFile
from service.ingest.catalog.reference_tables import load_reference_tables
from service.ingest.release.load_session import open_load_session
from service.ingest.sources import japan_customs, us_census
from tests.ingest.conftest import MAPPING_TOML
from tests.ingest.sources.test_japan_customs import build_csv, build_row

HS_MAPPING = (
    MAPPING_TOML.replace('"T"', '"H6"')
    .replace('[commodity]\nlist = "goods.csv"\n', "")
    .replace("exhaustive = false", "exhaustive = true")
)
CSV_HEADER = "month,direction,country,good,value\n"
CENSUS_HEADER = ["CTY_CODE", "CTY_NAME", "GEN_VAL_MO", "I_COMMODITY", "YEAR", "MONTH"]


def world_values(load):
    return {commodity: value for _, partner, commodity, _, value in load.current_figures() if partner == "WLD"}


def census_json(*rows):
    return json.dumps([CENSUS_HEADER, *rows])


def test_totals_contain_codes_of_another_edition(load_source_file, query_figures):
    # 8517.12 is of HS 2017, and was split in 2022; the values are made up.
    rows = [
        ("5700", "CHINA", value, code, year, "12")
        for year, telephones in (("2021", "851712"), ("2022", "851713"))
        for code, value in ((telephones, "7000"), ("851762", "1000"), ("847130", "2000"))
    ]

    (loaded,) = load_source_file(us_census.describe, census_json(*rows))

    totals = query_figures("area.code = 'CHN' AND commodity.code IN ('TOTAL', '85', '8517')")
    assert [(commodity, year, value) for _, _, commodity, year, _, value, *_ in totals] == [
        ("85", 2021, 8000),
        ("85", 2022, 8000),
        ("8517", 2021, 8000),
        ("8517", 2022, 8000),
        ("TOTAL", 2021, 10_000),
        ("TOTAL", 2022, 10_000),
    ]
    (row,) = loaded.unmapped
    assert (row.source_code, row.code, row.parent, row.rows, row.value, row.share_pct) == (
        "851712",
        "851712",
        "8517",
        1,
        7000,
        35.0,
    )


def test_an_unmapped_partner_becomes_an_area_of_the_source(load_source_file, query_figures):
    rows = [("5700", "CHINA", "60", "85", "2024", "01"), ("9999", "ATLANTIS", "40", "85", "2024", "01")]

    (loaded,) = load_source_file(us_census.describe, census_json(*rows))

    assert [(partner, value) for _, partner, commodity, _, _, value, *_ in query_figures() if commodity == "TOTAL"] == [
        ("CHN", 60),
        ("WLD", 100),
        ("census:9999", 40),
    ]
    (row,) = loaded.unmapped
    assert (row.dimension, row.source_code, row.code, row.label, row.rows, row.value, row.share_pct) == (
        "partner",
        "9999",
        "census:9999",
        "ATLANTIS",
        1,
        40,
        40.0,
    )


def test_the_value_of_an_unmapped_partner_counts_no_part_twice(load):
    # Of 5 in heading 8542, 3 are in 854231. Subheading 010121 has no other level. In December only 854231 has a value.
    rows = (
        "2024-01,export,Atlantis,85,12\n"
        "2024-01,export,Atlantis,8542,5\n"
        "2024-01,export,Atlantis,854231,3\n"
        "2024-01,export,Atlantis,010121,4\n"
        "2023-12,export,Atlantis,8542,-\n"
        "2023-12,export,Atlantis,854231,2\n"
        "2023-11,export,Atlantis,TOTAL,30\n"
        "2023-11,export,Atlantis,85,20\n"
    )
    selection = HS_MAPPING.replace("exhaustive = true", "exhaustive = false")

    loaded = load(CSV_HEADER + rows, mapping=f"{selection}[numbers]\nmissing = ['-']\n")

    summaries = [(each.source_code, each.rows, each.value) for each in loaded.unmapped]
    assert summaries == [("Atlantis", 8, 12 + 4 + 2 + 30)]


def test_an_unmapped_group_is_not_added_to_the_world(load_source_file, query_figures):
    rows = [("5700", "CHINA", "60", "85", "2024", "01"), ("0099", "SOME GROUP", "60", "85", "2024", "01")]

    load_source_file(us_census.describe, census_json(*rows))

    assert [row[5] for row in query_figures("area.code = 'WLD' AND commodity.code = 'TOTAL'")] == [60]


def test_a_code_of_no_known_chapter_is_below_unmapped(load):
    load(CSV_HEADER + "2024-01,export,CHN,854231,5\n2024-01,export,CHN,scrap,7\n", mapping=HS_MAPPING)

    assert world_values(load) == {"85": 5, "8542": 5, "854231": 5, "TOTAL": 12, "UNMAPPED": 7, "scrap": 7}


def test_longer_unmapped_codes_are_part_of_shorter_ones(load):
    rows = "2024-01,export,CHN,851712,10\n2024-01,export,CHN,85171211,4\n2024-01,export,USA,85171211,3\n"

    load(CSV_HEADER + rows, mapping=HS_MAPPING)

    assert world_values(load) == {"85": 13, "8517": 13, "851712": 13, "85171211": 7, "TOTAL": 13}


def test_a_shorter_unmapped_code_of_a_later_release_takes_the_longer_one(load):
    load(CSV_HEADER + "2024-01,export,CHN,85171211,4\n", mapping=HS_MAPPING, name="2024-02-28.csv")

    load(
        CSV_HEADER + "2024-02,export,CHN,851712,10\n2024-02,export,CHN,85171211,4\n",
        mapping=HS_MAPPING,
        name="2024-03-28.csv",
    )

    query = """
        SELECT child.code, parent.code FROM commodity AS child JOIN commodity AS parent ON parent.id = child.parent_id
        WHERE child.code LIKE '851712%' ORDER BY 1"""
    assert load.query_rows(query) == [("851712", "8517"), ("85171211", "851712")]


def test_a_lost_leading_zero_is_restored(load):
    rows = "2023-01,export,AUS,40221,900\n2023-01,export,AUS,854231,100\n"
    rows += "2024-01,export,AUS,040221,900\n2024-01,export,AUS,854231,100\n"

    loaded = load(CSV_HEADER + rows, mapping=HS_MAPPING)

    totals = [value for _, partner, code, _, value in load.current_figures() if (partner, code) == ("WLD", "TOTAL")]
    assert (totals, loaded.unmapped) == ([1000, 1000], ())


def test_a_printed_total_is_recognised_by_its_word(load):
    loaded = load(CSV_HEADER + "2024-01,export,AUS,Total,12\n2024-01,export,AUS,854231,5\n", mapping=HS_MAPPING)

    assert (world_values(load)["TOTAL"], loaded.unmapped) == (12, ())


def test_unmapped_codes_stay_unmapped_in_later_releases(load):
    content = CSV_HEADER + "2024-01,export,Atlantis,scrap,7\n"
    first = load(content, mapping=HS_MAPPING, name="2024-02-28.csv")
    second = load(content + "2024-01,export,CHN,854231,5\n", name="2024-03-28.csv")

    assert [[(each.code, each.value) for each in loaded.unmapped] for loaded in (first, second)] == [
        [("scrap", 7), ("jpn-test:Atlantis", 7)]
    ] * 2


def test_unmapped_codes_can_refuse_the_file(load):
    with pytest.raises(InvalidFile) as error:
        load(CSV_HEADER + "2024-01,export,Atlantis,854231,7\n", mapping=HS_MAPPING, unmapped_policy="refuse")

    assert [str(each) for each in error.value.file_errors] == [
        'line 2, column country: "Atlantis" is not a known partner; map it, or load with --unmapped keep'
    ]
    assert load.current_figures() == []


def test_reference_tables_keep_the_areas_of_unmapped_partners(load, engine):
    load(CSV_HEADER + "2024-01,export,Atlantis,854231,7\n", mapping=HS_MAPPING)
    with open_load_session(engine) as session:
        session.connection().exec_driver_sql("UPDATE data_version SET reference_sha256 = 'another'")
        assert load_reference_tables(session)
        session.commit()

    assert load.query_rows("SELECT code FROM area_code WHERE scheme = 'jpn-test'") == [("Atlantis",)]


def test_all_published_codes_of_japan_customs_are_known(engine, shared_data):
    with (shared_data / "japan" / "customs_countries.csv").open(encoding="utf-8-sig") as file:
        published = {row["Code"] for row in csv.DictReader(file)}
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT code FROM area_code WHERE scheme = 'jp-customs'").scalars().all()

    assert (set(rows), len(rows)) == (published, 235)


def test_a_figure_of_south_sudan_is_not_one_of_mayotte(load_source_file, query_figures):
    load_source_file(japan_customs.describe, build_csv(build_row("854231000", "560", [(1, 2, 30)])))

    assert {row[1] for row in query_figures()} == {"SSD", "WLD"}


def test_a_label_of_a_source_takes_no_name_of_a_standard_area(load, engine):
    # The mapping reads codes, so that the words China and Atlantis are unmapped, and become areas of the source's own.
    # Its values are thousands.
    load(
        CSV_HEADER + "2024-01,export,China,854231,7\n2024-01,export,CHN,854231,5\n2024-01,export,Atlantis,854231,3\n",
        mapping=HS_MAPPING,
    )
    client = create_app(engine).test_client()

    values = {
        partner: client.get("/v1/flows", query_string={"reporter": "JPN", "period": "2024-01", "partner": partner}).json
        for partner in ("China", "CHN", "jpn-test:China", "Atlantis")
    }
    pages = [
        client.get(f"/{path}", follow_redirects=True)
        for path in ("search?q=exports+to+China", "explore?reporter=JPN&flow=X&partner=jpn-test:China")
    ]

    assert {partner: [row["value"] for row in answer["data"]] for partner, answer in values.items()} == {
        "China": [5000], "CHN": [5000], "jpn-test:China": [7000], "Atlantis": [3000],
    }  # fmt: skip
    assert [page.status_code for page in pages] == [200, 200]


@pytest.mark.parametrize("code", ["EU27_2020", "EU28", "EA20", "EXT_EU27_2020", "eu27-extra", "European Union"])
def test_a_group_of_countries_is_no_unmapped_partner(load, code):
    rows = f"2024-01,export,DEU,all,5\n2024-01,export,{code},all,5\n"

    with pytest.raises(InvalidFile) as refused:
        load(CSV_HEADER + rows)

    (error,) = refused.value.file_errors
    assert "names a group of countries, whose trade World would count twice" in str(error)
    assert "map it to a group of /v1/groups, such as EU" in str(error)


@pytest.mark.parametrize("world", ["W00", "_T", "WLD", "World"])
def test_world_by_another_code_is_not_counted_twice(load, world):
    rows = f"2024-01,export,DEU,all,5\n2024-01,export,CHN,all,7\n2024-01,export,{world},all,12\n"

    load(CSV_HEADER + rows, mapping=MAPPING_TOML.replace("exhaustive = false", "exhaustive = true"))

    assert world_values(load)["TOTAL"] == 12
