"""The reference tables are complete, and agree with facts from other sources."""

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date

import pytest

from service.ingest.catalog.reference_tables import REFERENCE_FOLDER


def read_table(name):
    with (REFERENCE_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def group_members(group, day):
    return {
        row["member"]
        for row in read_table("area_members.csv")
        if row["group"] == group and row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])
    }


def test_every_code_and_member_refers_to_an_existing_area():
    areas = {row["code"]: row["kind"] for row in read_table("areas.csv")}

    assert {row["area"] for row in read_table("area_codes.csv")} <= set(areas)
    assert {row["member"] for row in read_table("area_members.csv")} <= {
        code for code, kind in areas.items() if kind == "country"
    }
    assert {areas[row["group"]] for row in read_table("area_members.csv")} == {"group"}


@pytest.mark.parametrize(
    ("group", "day", "number"),
    [
        ("EU", "1957-12-31", 0),
        ("EU", "2019-06-30", 28),
        ("EU", "2020-01-31", 28),
        ("EU", "2020-02-01", 27),
        ("EU", "2024-01-01", 27),
        ("EA", "2022-12-31", 19),
        ("EA", "2024-01-01", 20),
        ("ASEAN", "2024-01-01", 10),
        ("ASEAN", "2025-10-26", 11),
        ("G7", "2024-01-01", 7),
        ("BRICS", "2023-12-31", 5),
        ("BRICS", "2024-01-01", 9),
        ("OECD", "2024-01-01", 38),
        ("APEC", "2024-01-01", 21),
        ("OPEC", "2024-01-01", 12),
        ("GCC", "2024-01-01", 6),
        ("RCEP", "2024-01-01", 14),
    ],
)
def test_groups_have_the_member_count_of_the_day(group, day, number):
    assert len(group_members(group, day)) == number


@pytest.mark.parametrize(
    ("scheme", "code", "area"),
    [
        ("jp-customs", "105", "CHN"),
        ("jp-customs", "304", "USA"),
        ("jp-customs", "213", "DEU"),
        ("comtrade", "842", "USA"),
        ("comtrade", "251", "FRA"),
        ("comtrade", "490", "TWN"),
        ("comtrade", "699", "IND"),
        ("comtrade", "757", "CHE"),
        ("comtrade", "579", "NOR"),
        ("comtrade", "0", "WLD"),
        ("us-census", "5700", "CHN"),
        ("us-census", "1220", "CAN"),
        ("us-census", "5880", "JPN"),
        ("us-census", "-", "WLD"),
        ("us-census", "0003", "EU"),
    ],
)
def test_codes_of_other_schemes_map_to_their_areas(scheme, code, area):
    found = {(row["scheme"], row["code"]): row["area"] for row in read_table("area_codes.csv")}

    assert found[scheme, code] == area


def test_iso_codes_and_m49_are_unique_and_well_formed():
    areas = read_table("areas.csv")
    for column in ("iso2", "m49"):
        used = Counter(row[column] for row in areas if row[column])
        assert [code for code, times in used.items() if times > 1] == []
    countries = [row for row in areas if row["kind"] == "country" and not row["valid_to"]]
    assert len(countries) == 250  # the 249 of ISO 3166-1 and Kosovo
    assert all(len(row["code"]) == 3 and len(row["iso2"]) == 2 for row in countries)


def test_every_hs_code_has_an_existing_parent():
    codes = {row["code"] for row in read_table("hs2022.csv")}

    assert {code[:-2] for code in codes if len(code) > 2} <= codes
    assert Counter(len(code) for code in codes) == {2: 97, 4: 1229, 6: 5613}
    assert {"01", "8542", "854231"} <= codes
    assert "77" not in codes


@pytest.mark.parametrize("name", sorted(path.name for path in REFERENCE_FOLDER.glob("*.csv")))
def test_tables_and_dates_are_sorted(name):
    rows = read_table(name)

    assert [tuple(row.values()) for row in rows] == sorted({tuple(row.values()) for row in rows})
    for row in rows:
        dates = [date.fromisoformat(row[key]) for key in ("valid_from", "valid_to") if row.get(key)]
        assert dates == sorted(dates)


def test_every_country_of_the_us_census_is_known(shared_data):
    known = {row["code"] for row in read_table("area_codes.csv") if row["scheme"] == "us-census"}
    with gzip.open(shared_data / "us_census" / "imports_by_country_monthly_2013_2024.csv.gz", "rt") as file:
        assert {row["CTY_CODE"] for row in csv.DictReader(file)} <= known


@pytest.mark.parametrize(("flow", "column"), [("imports", "GEN_VAL_MO"), ("exports", "ALL_VAL_MO")])
def test_the_compositions_of_the_us_census_add_up_to_its_groups(shared_data, flow, column):
    areas = {row["code"]: row["area"] for row in read_table("area_codes.csv") if row["scheme"] == "us-census"}
    values = defaultdict(int)
    with gzip.open(shared_data / "us_census" / f"{flow}_by_country_monthly_2013_2024.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            values[areas[row["CTY_CODE"]], f"{row['YEAR']}-{row['MONTH']}-01"] += int(row[column])
    days = {day for _, day in values}

    wrong = [
        (row["group"], day)
        for row in read_table("group_compositions.csv")
        for day in days
        if row["source"] == "US Census Bureau" and row["valid_from"] <= day < (row["valid_to"] or "9")
        if sum(values[member, day] for member in row["members"].split()) != values[row["group"], day]
    ]

    assert len(days) == 144  # 2013-01 to 2024-12
    assert wrong == []
