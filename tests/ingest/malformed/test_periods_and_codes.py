"""Periods that cannot be refuse their file; unknown codes leave out their rows, and are told."""

import pytest

from tests.support.ingest.source_layouts import LAYOUTS

MONTHLY_LAYOUTS = {name: layout for name, layout in LAYOUTS.items() if layout.period in {"2024-01", "2023/12"}}
ANNUAL_LAYOUTS = {name: layout for name, layout in LAYOUTS.items() if layout.period.isdigit()}


@pytest.mark.parametrize("period", ["2024-13", "2024-00", "0000-01", "9999-12", "24-01", "2024-1", "２０２４-01", ""])
@pytest.mark.parametrize("layout", MONTHLY_LAYOUTS.values(), ids=MONTHLY_LAYOUTS)
def test_an_invalid_month_is_rejected(expect_rejection, layout, period):
    (found,) = expect_rejection(layout, layout.replace_first(layout.period, period))[1:]

    assert found.endswith(f': "{period}" is not a period of this dataset; write it as 2024-01')
    assert found.startswith(f"  line {layout.line}, column ")


@pytest.mark.parametrize("year", ["0000", "1066", "9999", "22", "two"])
@pytest.mark.parametrize("layout", ANNUAL_LAYOUTS.values(), ids=ANNUAL_LAYOUTS)
def test_an_invalid_year_is_rejected(expect_rejection, layout, year):
    found = expect_rejection(layout, layout.replace_first(layout.period, year))

    assert any(" is not a period of this dataset; write it as 202" in line for line in found), found


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_periods_after_publication_are_rejected(expect_rejection, layout):
    later = layout.period.replace(layout.period[:4], "2031")

    found = expect_rejection(layout, layout.replace_first(layout.period, later))

    assert any("begins after the publication date" in line for line in found), found


def skipped_rows(parse_file, layout, raw):
    """Parse a file and return the warnings about skipped rows."""
    checked = parse_file(layout, raw)
    assert checked.status == 0, checked
    return [line for line in checked.lines if "rows skipped" in line]


LAYOUTS_WITH_PARTNER = {name: layout for name, layout in LAYOUTS.items() if layout.partner}


@pytest.mark.parametrize("layout", LAYOUTS_WITH_PARTNER.values(), ids=LAYOUTS_WITH_PARTNER)
def test_rows_of_an_unknown_country_are_skipped_and_reported(parse_file, layout):
    assert skipped_rows(parse_file, layout, layout.replace_first(layout.partner, "9998")) == [
        f'{layout.name}: unknown partner "9998", first in line {layout.line}: 1 rows skipped'
    ]


@pytest.mark.parametrize(
    ("layout", "before", "after"),
    [
        ("tidy", ",export,", ",smuggling,"),
        ("japan-customs", "1,2024,", "3,2024,"),
        ("comtrade", '"X"', '"ZZ"'),
        ("comtrade, legacy", ",6,1,2,Export", ",6,1,9,Export"),
        ("comtrade, JSON", '"flowCode": "X"', '"flowCode": "ZZ"'),
    ],
)
def test_rows_of_an_unknown_flow_are_skipped_and_reported(parse_file, layout, before, after):
    chosen = LAYOUTS[layout]

    (found,) = skipped_rows(parse_file, chosen, chosen.replace_first(before, after))

    assert found.startswith(f'{chosen.name}: unknown flow "')


@pytest.mark.parametrize(
    ("layout", "before", "after"),
    [
        ("japan-customs", "'854231000'", "'8542310'"),
        ("japan-customs", "'854231000'", "'85423I000'"),
        ("japan-customs by principal commodity", "'70503'", "'705O3'"),
        ("us-census", "85,5700", "77,5700"),
        ("us-census, JSON", '["85", "5700"', '["8S", "5700"'),
        ("baci", "10121", "851712"),  # telephones, of the edition of 2017
        ("baci", "10121", "10l21"),
        (
            "comtrade",
            '"8542","Circuits","4","false","C00","TOTAL CPC","0","0","TOTAL MOT","-1","N/A","0","false","-1",'
            '"N/A","0","false","12.5","true","0","false",,,"7391"',
            '"851712","Telephones","6","false","C00","TOTAL CPC","0","0","TOTAL MOT","-1","N/A","0","false","-1",'
            '"N/A","0","false","12.5","true","0","false",,,"7391"',
        ),
    ],
)
def test_rows_of_unknown_commodity_codes_are_skipped_and_reported(parse_file, layout, before, after):
    (found,) = skipped_rows(parse_file, LAYOUTS[layout], LAYOUTS[layout].replace_first(before, after))

    assert "unknown commodity" in found


def test_a_file_with_only_skipped_rows_is_rejected(expect_rejection):
    layout = LAYOUTS["tidy"]

    found = expect_rejection(layout, layout.text.replace(",all,", ",everything,").encode())

    assert found[1:] == [
        "  has no figure",
        '  file.csv: unknown commodity "everything", first in line 2: 2 rows skipped',
    ]


def test_zeros_of_future_months_are_ignored(parse_file):
    """Of d41ma, and of Japan Customs' rows of a year: only January was published."""
    for name, figures in (("japan-customs-totals", 2), ("japan-customs", 2)):
        layout = LAYOUTS[name]
        assert parse_file(layout, layout.replace_figure("7392")).figure_count == figures


@pytest.mark.parametrize(
    ("layout", "before", "after", "rule"),
    [
        ("comtrade", '"H6"', '"H9"', '"H9" is not an edition of a classification'),
        ("comtrade", '"A"', '"W"', '"W" is not a frequency; use A or M'),
        ("comtrade, legacy", "H5,", ",", '"" is not an edition of a classification'),
        ("comtrade", '"12.5"', '"-12.5"', '"-12.5" is negative'),
        ("baci", "0.500", "0,5", "has 7 cells"),
        ("baci", "0.500", "half", '"half" is not a number'),
        ("japan-customs", "NO,KG,4,5,99,4,5", "NO,KG,4,5,99,4,x", 'column Quantity2-Jan: "x" is not a number'),
    ],
)
def test_other_invalid_values_are_rejected(expect_rejection, layout, before, after, rule):
    found = expect_rejection(LAYOUTS[layout], LAYOUTS[layout].replace_first(before, after))

    assert rule in " ".join(found)


def test_a_baci_file_name_without_an_edition_is_rejected(expect_rejection):
    layout = LAYOUTS["baci"]

    (found,) = expect_rejection(layout, layout.content, name="baci.csv")[1:]

    assert found.startswith("  the file names must contain one edition, as in BACI_HS22_Y2023_V202501.csv; ")


def test_an_unknown_reporter_is_rejected(expect_command_rejection):
    layout = LAYOUTS["comtrade"]

    found = expect_command_rejection(layout, layout.replace_first('"392"', '"9998"'))

    assert '"9998" is not the code of an area' in " ".join(found)
