"""Periods that cannot be refuse their file; unknown codes leave out their rows, and are told."""

import pytest

from tests.ingest.hostile.layouts import LAYOUTS

MONTHLY = {name: layout for name, layout in LAYOUTS.items() if layout.period in {"2024-01", "2023/12"}}
YEARS = {name: layout for name, layout in LAYOUTS.items() if layout.period.isdigit()}


@pytest.mark.parametrize("period", ["2024-13", "2024-00", "0000-01", "9999-12", "24-01", "2024-1", "２０２４-01", ""])
@pytest.mark.parametrize("layout", MONTHLY.values(), ids=MONTHLY)
def test_what_is_no_month_refuses_the_file(refuse, layout, period):
    (found,) = refuse(layout, layout.changed(layout.period, period))[1:]

    assert found.endswith(f': "{period}" is no period of this dataset, which reads 2024-01')
    assert found.startswith(f"  line {layout.line}, column ")


@pytest.mark.parametrize("year", ["0000", "1066", "9999", "22", "two"])
@pytest.mark.parametrize("layout", YEARS.values(), ids=YEARS)
def test_what_is_no_year_refuses_the_file(refuse, layout, year):
    found = refuse(layout, layout.changed(layout.period, year))

    assert any(" is no period of this dataset, which reads 202" in line for line in found), found


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_figures_of_a_time_after_their_publication_refuse_the_file(refuse, layout):
    later = layout.period.replace(layout.period[:4], "2031")

    found = refuse(layout, layout.changed(layout.period, later))

    assert any("begins after the day on which the file was published" in line for line in found), found


def left_out(command, layout, raw):
    """Load a file and keep nothing; return what was said of rows that were left out."""
    ended = command.load(layout, raw, "--dry-run")
    assert ended.status == 0, ended
    return [line for line in ended.lines if "rows left out" in line]


PARTNERS = {name: layout for name, layout in LAYOUTS.items() if layout.partner}


@pytest.mark.parametrize("layout", PARTNERS.values(), ids=PARTNERS)
def test_rows_of_an_unknown_country_are_left_out_and_told(command, layout):
    assert left_out(command, layout, layout.changed(layout.partner, "9998")) == [
        f'{layout.name}: unknown partner "9998", first in line {layout.line}: 1 rows left out'
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
def test_rows_of_an_unknown_flow_are_left_out_and_told(command, layout, before, after):
    chosen = LAYOUTS[layout]

    (found,) = left_out(command, chosen, chosen.changed(before, after))

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
def test_rows_of_a_code_of_another_edition_or_none_are_left_out_and_told(command, layout, before, after):
    (found,) = left_out(command, LAYOUTS[layout], LAYOUTS[layout].changed(before, after))

    assert "unknown commodity" in found


def test_a_file_whose_rows_are_all_left_out_is_refused_and_says_why(refuse):
    layout = LAYOUTS["tidy"]

    found = refuse(layout, layout.text.replace(",all,", ",everything,").encode())

    assert found[1:] == [
        "  holds no figure",
        '  file.csv: unknown commodity "everything", first in line 2: 2 rows left out',
    ]


def test_months_to_come_that_are_zero_are_no_figures(command):
    """Of d41ma, and of Japan Customs' rows of a year: only January was published."""
    for name, figures in (("japan-customs-totals", 2), ("japan-customs", 2)):
        layout = LAYOUTS[name]
        ended = command.load(layout, layout.with_figure("7392"), "--dry-run")
        assert ended.lines[0].endswith(f", {figures} figures"), ended


@pytest.mark.parametrize(
    ("layout", "before", "after", "rule"),
    [
        ("comtrade", '"H6"', '"H9"', '"H9" is no edition of a classification'),
        ("comtrade", '"A"', '"W"', '"W" is no frequency: A or M'),
        ("comtrade", '"392"', '"9998"', '"9998" is not the code of a reporter'),
        ("comtrade, legacy", "H5,", ",", '"" is no edition of a classification'),
        ("comtrade", '"12.5"', '"-12.5"', '"-12.5" is below zero'),
        ("baci", "0.500", "0,5", "has 7 cells"),
        ("baci", "0.500", "half", '"half" is not a number'),
        ("japan-customs", "NO,KG,4,5,99,4,5", "NO,KG,4,5,99,4,x", 'column Quantity2-Jan: "x" is not a number'),
    ],
)
def test_what_else_cannot_be_refuses_the_file(refuse, layout, before, after, rule):
    found = refuse(LAYOUTS[layout], LAYOUTS[layout].changed(before, after))

    assert rule in " ".join(found)


def test_a_file_of_baci_whose_name_tells_no_edition_is_refused(refuse):
    layout = LAYOUTS["baci"]

    (found,) = refuse(layout, layout.raw, name="baci.csv")[1:]

    assert found.startswith("  the names should tell one edition, as BACI_HS22_Y2023_V202501.csv does")
