"""Names of areas: the aliases are sorted, name existing areas, and are ambiguous only where they are listed here."""

import csv

import pytest

from service.domain.area_names import ALIASES_FILE, codes_by_alias, normalize_name
from service.ingest.catalog.reference_tables import REFERENCE_FOLDER


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_aliases_are_sorted_and_name_existing_areas():
    rows, areas = read_rows(ALIASES_FILE), {row["code"] for row in read_rows(REFERENCE_FOLDER / "areas.csv")}

    assert [tuple(row.values()) for row in rows] == sorted({tuple(row.values()) for row in rows})
    assert {row["area"] for row in rows} <= areas


def test_no_alias_is_a_code_or_the_name_of_another_area():
    areas = read_rows(REFERENCE_FOLDER / "areas.csv")
    codes = {code.casefold() for row in areas for code in (row["code"], row["iso2"], row["m49"]) if code}
    names = {normalize_name(row["name"]): row["code"] for row in areas}
    aliases = codes_by_alias()

    assert not codes & {row["alias"].casefold() for row in read_rows(ALIASES_FILE)}
    assert {alias for alias, areas in aliases.items() if len(areas) > 1} == {"korea", "congo", "virgin islands"}
    assert all(names.get(alias) in {None, *areas} for alias, areas in aliases.items())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Côte d\u2019Ivoire", "cote divoire"),
        ("The Gambia", "gambia"),
        ("St. Kitts & Nevis", "saint kitts and nevis"),
        ("U.S. Virgin Islands", "us virgin islands"),
        ("Korea, Rep. of", "korea republic of"),
    ],
)
def test_spellings_of_a_name_are_equal_after_normalization(text, name):
    assert normalize_name(text) == name


def test_every_english_name_of_a_country_is_known(shared_data):
    names = {normalize_name(row["name"]) for row in read_rows(REFERENCE_FOLDER / "areas.csv")} | codes_by_alias().keys()
    rows = read_rows(shared_data / "countries" / "country_codes.csv")
    english = {
        row[column].replace("(the)", "") for row in rows for column in ("CLDR display name", "UNTERM English Short")
    }

    unknown = {name for name in english if name and "," not in name and normalize_name(name) not in names | {"us"}}

    assert unknown == set()
