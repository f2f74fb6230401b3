"""Files that users of trade data reported as loaded wrong or refused, in small copies with made-up figures."""

import json
import zipfile
from io import BytesIO

import pytest

from service.ingest.sources.comtrade_layouts import CURRENT_COLUMNS
from tests.ingest.conftest import MAPPING_TOML
from tests.support.ingest.file_check import check_file
from tests.support.ingest.source_layouts import SourceLayout

COMTRADE = SourceLayout(command=("comtrade",), text="", column="primaryValue", partner="", period="2022")
CENSUS = SourceLayout(command=("us-census",), text="", column="GEN_VAL_MO", partner="", period="2024-01")
BACI = SourceLayout(command=("baci", "--reporter", "246"), text="", column="v", partner="", period="1998")
TIDY = SourceLayout(
    command=("tidy", "--mapping", "mapping.toml"), text="", column="value", partner="", period="2024-01"
)
COLUMNS = [*CURRENT_COLUMNS.values(), "motCode", "customsCode", "partner2Code", "mosCode"]
DESCRIPTIONS = {"partnerDesc", "cmdDesc", "qtyUnitAbbr"}
HS_MAPPING = (
    MAPPING_TOML.replace('"T"', '"H6"')
    .replace('[commodity]\nlist = "goods.csv"\n', "")
    .replace("exhaustive = false", "exhaustive = true")
)


def comtrade_row(**changes):
    cells = ["246", "A", "H6", "2022", "X", "384", "Côte d'Ivoire", "TOTAL", "All", "1234", "0", "N/A", "-1", "12.5"]
    row = dict(zip(CURRENT_COLUMNS.values(), cells, strict=True))
    return row | {"motCode": "0", "customsCode": "C00", "partner2Code": "0", "mosCode": "0"} | changes


def comtrade_csv(*rows, header=COLUMNS):
    return "\n".join([",".join(header), *(",".join(row.values()) for row in rows), ""]).encode()


@pytest.fixture
def check(tmp_path):
    def check(layout, raw, *, mapping="", **options):
        (tmp_path / "mapping.toml").write_text(HS_MAPPING + mapping)
        return check_file(layout, raw, folder=tmp_path, **options)

    return check


def test_comtrade_in_utf8_is_accepted(check):
    checked = check(COMTRADE, comtrade_csv(comtrade_row(), comtrade_row(partnerCode="0")))

    assert (checked.status, checked.figure_count) == (0, 2)


def test_comtrade_with_the_column_names_of_the_first_months_is_accepted(check):
    header = [{"partner2Code": "Prtner2Code"}.get(name, name[0].upper() + name[1:]) for name in COLUMNS]

    checked = check(COMTRADE, comtrade_csv(comtrade_row(), comtrade_row(partner2Code="842"), header=header))

    assert (checked.status, checked.figure_count) == (0, 1)


def test_a_file_of_breakdowns_only_is_rejected_as_such(check):
    checked = check(COMTRADE, comtrade_csv(comtrade_row(motCode="1000"), comtrade_row(motCode="2100")))

    assert checked.lines[1] == "  has no figure: all 2 rows are parts of a breakdown, and none is its total"


def test_json_without_descriptions_is_accepted(check):
    rows = [{name: cell for name, cell in comtrade_row().items() if name not in DESCRIPTIONS}]

    for content in ({"count": 1, "data": rows}, rows):
        checked = check(COMTRADE, json.dumps(content).encode(), name="answer.json")
        assert (checked.status, checked.figure_count) == (0, 1), checked


def test_a_response_cut_off_by_its_count_is_rejected(check):
    checked = check(COMTRADE, json.dumps({"count": 250_000, "data": [comtrade_row()]}).encode(), name="answer.json")

    assert checked.lines[1] == "  the response has 1 rows, but its count is 250000: it was cut off"


def test_a_census_file_with_a_time_column_and_equal_columns_is_accepted(check):
    rows = [
        ["CTY_CODE", "ALL_VAL_MO", "E_COMMODITY", "COMM_LVL", "E_COMMODITY", "time"],
        ["5700", "1000", "85", "HS2", "85", "2024-01"],
    ]

    checked = check(CENSUS, json.dumps(rows).encode(), name="answer.json")

    assert (checked.status, checked.figure_count) == (0, 1), checked


def test_the_zip_archive_of_baci_is_accepted(check):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("BACI_HS22_Y2022_V202501.csv", "t,i,j,k,v,q\n2022,246,842,854231,        13.123,           NA\n")
        file.writestr("BACI_HS22_Y2023_V202501.csv", "t,i,j,k,v,q\n2023,246,842,10121,1.5,2.25\n")
        file.writestr("country_codes_V202501.csv", "country_code,country_name\n246,Finland\n")

    checked = check(BACI, archive.getvalue(), name="BACI_HS22_V202501.zip")

    assert (checked.status, checked.figure_count, checked.unmapped) == (0, 2, [])


def tidy_csv(value="5", *, month="2024-01", country="AUS", delimiter=","):
    rows = [["month", "direction", "country", "good", "value"], [month, "export", country, "854231", value]]
    return "".join(delimiter.join(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize(
    ("raw", "mapping"),
    [
        (tidy_csv("1234,0", delimiter=";"), '\n[numbers]\ndecimal = ","\n'),
        (tidy_csv("1.234,5", delimiter=";"), '\n[numbers]\ndecimal = ","\nthousands = "."\nround = true\n'),
        (tidy_csv("1187,5", delimiter=";"), '\n[numbers]\ndecimal = ","\nvalue_exponent = 6\n'),
        (tidy_csv("", delimiter=";"), '\n[numbers]\nmissing = ["", ":", "NA"]\n'),
        (tidy_csv(":", delimiter=";"), '\n[numbers]\nmissing = ["", ":", "NA"]\n'),
        (tidy_csv("NA", delimiter=";"), '\n[numbers]\nmissing = ["", ":", "NA"]\n'),
        (tidy_csv("-", delimiter=";"), '\n[numbers]\nzero = ["-"]\n'),
        (tidy_csv(delimiter=";"), ""),
        (tidy_csv(month="2024M01", delimiter=";"), ""),
        (tidy_csv(month="2024-1", delimiter=";"), ""),
        (tidy_csv(month="January 2024", delimiter=";"), ""),
        (tidy_csv(country="NA", delimiter=";"), '\n[partner]\nscheme = "iso2"\n'),
    ],
)
def test_a_mapping_describes_other_formats(tmp_path, raw, mapping):
    path = tmp_path / "mapping.toml"
    path.write_text((HS_MAPPING + mapping).replace("[file]", '[file]\ndelimiter = ";"'))

    checked = check_file(TIDY, raw, folder=tmp_path)

    assert (checked.status, checked.figure_count, checked.unmapped) == (0, 1, []), checked


def test_a_wrong_delimiter_is_named(check):
    checked = check(TIDY, tidy_csv(delimiter=";"))

    assert "the cells seem to be separated by ';'; set delimiter under [file]" in checked.lines[1]


def test_a_zip_archive_of_one_file_is_accepted_and_of_several_is_named(check):
    archive, several = BytesIO(), BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.csv", tidy_csv())
    with zipfile.ZipFile(several, "w") as file:
        file.writestr("a.csv", tidy_csv())
        file.writestr("b.csv", tidy_csv())

    assert check(TIDY, archive.getvalue(), name="a.zip").figure_count == 1
    assert check(TIDY, several.getvalue(), name="b.zip").lines[1] == (
        "  is a zip archive with a.csv, b.csv; extract the file to load"
    )


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ('"jpn-test"', '"NZL-Trade-A"', "is not a dataset code"),
        ('title = "A test"', 'title = "bad\\u0001title"', "has a control character as title"),
        ("[file]", '[file]\nencoding = "utf-9"', "is not an encoding of [file]"),
        ("[file]", '[partner]\nscheme = "fips"\n[file]', "is not a scheme of [partner]"),
        ("[file]", '[file]\ncovers = "some"', "is not a coverage of [file]"),
        ("[file]", '[numbers]\ndecimal = ";"\n[file]', "is not a decimal mark"),
    ],
)
def test_an_invalid_mapping_is_rejected_before_the_load(tmp_path, before, after, rule):
    assert before in HS_MAPPING
    (tmp_path / "mapping.toml").write_text(HS_MAPPING.replace(before, after, 1))

    checked = check_file(TIDY, tidy_csv(), folder=tmp_path)

    assert (checked.status, rule in " ".join(checked.lines)) == (65, True), checked
