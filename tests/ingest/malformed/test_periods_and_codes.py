"""Invalid periods and unknown flows refuse their file; figures of unmapped codes are kept."""

import pytest

from tests.support.ingest.source_layouts import LAYOUTS

MONTHLY_LAYOUTS = {name: layout for name, layout in LAYOUTS.items() if layout.period in {"2024-01", "2023/12"}}
ANNUAL_LAYOUTS = {name: layout for name, layout in LAYOUTS.items() if layout.period.isdigit()}


@pytest.mark.parametrize("period", ["2024-13", "2024-00", "0000-01", "9999-12", "24-01", "２０２４-01", ""])
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


LAYOUTS_WITH_PARTNER = {name: layout for name, layout in LAYOUTS.items() if layout.partner}


@pytest.mark.parametrize("layout", LAYOUTS_WITH_PARTNER.values(), ids=LAYOUTS_WITH_PARTNER)
def test_figures_of_an_unmapped_partner_are_kept(parse_file, layout):
    checked = parse_file(layout, layout.replace_first(layout.partner, "9998"))

    assert (checked.status, checked.figure_count) == (0, 2)
    assert [code for code, _label in checked.unmapped] == ["9998"]


@pytest.mark.parametrize("layout", LAYOUTS_WITH_PARTNER.values(), ids=LAYOUTS_WITH_PARTNER)
def test_an_unmapped_partner_is_rejected_on_request(expect_rejection, layout):
    (found,) = expect_rejection(layout, layout.replace_first(layout.partner, "9998"), unmapped_policy="refuse")[1:]

    assert found.startswith(f"  line {layout.line}, column ")
    assert found.endswith(' "9998" is not a known partner; map it, or load with --unmapped keep')


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
def test_an_unknown_flow_is_rejected(expect_rejection, layout, before, after):
    (found,) = expect_rejection(LAYOUTS[layout], LAYOUTS[layout].replace_first(before, after))[1:]

    assert " is not a flow" in found


@pytest.mark.parametrize(
    ("layout", "before", "after", "code"),
    [
        ("japan-customs", "'854231000'", "'8542310'", "8542310"),
        ("japan-customs", "'854231000'", "'85423I000'", "85423I000"),
        ("japan-customs by principal commodity", "'70503'", "'705O3'", "705O3"),
        ("us-census", "85,5700", "77,5700", "77"),
        ("us-census, JSON", '["85", "5700"', '["8S", "5700"', "8S"),
        ("baci", "10121", "851712", "851712"),  # telephones, of the edition of 2017
        ("baci", "10121", "10l21", "010l21"),
        (
            "comtrade",
            '"8542","Circuits","4","false","C00","TOTAL CPC","0","0","TOTAL MOT","-1","N/A","0","false","-1",'
            '"N/A","0","false","12.5","true","0","false",,,"7391"',
            '"851712","Telephones","6","false","C00","TOTAL CPC","0","0","TOTAL MOT","-1","N/A","0","false","-1",'
            '"N/A","0","false","12.5","true","0","false",,,"7391"',
            "851712",
        ),
    ],
)
def test_figures_of_an_unmapped_commodity_are_kept(parse_file, layout, before, after, code):
    checked = parse_file(LAYOUTS[layout], LAYOUTS[layout].replace_first(before, after))

    assert (checked.status, checked.figure_count) == (0, 2)
    assert [each for each, _label in checked.unmapped] == [code]


@pytest.mark.parametrize("label", ["Total exports", "Other countries of the world", "World, 28 members"])
def test_a_label_that_may_be_a_total_is_rejected(expect_rejection, label):
    layout = LAYOUTS["tidy"]

    (found,) = expect_rejection(layout, layout.text.replace("USA", f'"{label}"').encode())[1:]

    assert f'"{label}" reads like a printed total' in found


@pytest.mark.parametrize("label", ["Total", "World", "All countries", "TOTAL FOR ALL COUNTRIES"])
def test_a_printed_total_of_partners_is_recognised(parse_file, label):
    layout = LAYOUTS["tidy"]

    checked = parse_file(layout, layout.text.replace("USA", label).encode())

    assert (checked.status, checked.figure_count, checked.unmapped) == (0, 2, [])


def test_an_empty_code_is_rejected(expect_rejection):
    layout = LAYOUTS["tidy"]

    (found,) = expect_rejection(layout, layout.text.replace("USA", "").encode())[1:]

    assert found == '  line 3, column country: "" is not the code of a partner; the cell is empty'


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
