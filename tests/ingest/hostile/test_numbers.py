"""What is no number in ASCII digits refuses its file, in every layout, and the report says where it stands."""

from itertools import product

import pytest

from tests.ingest.hostile.layouts import LAYOUTS

TIDY = {"tidy": LAYOUTS["tidy"]}
NO_NUMBER = "is not a number: digits, with a point at most"
EVERYWHERE = {
    "underscore": "1_000",
    "full-width digits": "１２３４",
    "NaN": "NaN",
    "exponent": "1e5",
    "blank": "",
    "10^400": "1" + "0" * 400,
}
"""Read by each layout's own way to its cells; what follows is read by what all have in common."""

ELSEWHERE = {
    "blank between thousands": "1 000",
    "comma between thousands": '"1,000"',
    "Arabic digits": "١٢٣",
    "raised digit": "12²",
    "Infinity": "-Infinity",
    "hexadecimal": "0x1F",
    "plus sign": "+5",
    "minus sign of typographers": "−5",
    "minus alone": "-",
    "nothing after the point": "5.",
    "nothing before the point": ".5",
    "two points": "1.2.3",
    "words": "n.a.",
}


def hostile(figures, layouts=LAYOUTS):
    """Return each text in each layout whose encoding has its letters."""
    return [
        pytest.param(layout, figure, id=f"{name}: {what}")
        for (name, layout), (what, figure) in product(layouts.items(), figures.items())
        if figure.encode(layout.encoding, "replace").decode(layout.encoding) == figure
    ]


def where(layout):
    return f"  line {layout.line}, column {layout.column}: "


@pytest.mark.parametrize(("layout", "figure"), [*hostile(EVERYWHERE), *hostile(ELSEWHERE, TIDY)])
def test_what_is_no_number_refuses_the_file(refuse, layout, figure):
    cell = figure.strip('"')
    shown = f'"{cell}"' if len(cell) <= 80 else f'"{cell[:80]}"...'

    assert refuse(layout, layout.with_figure(figure)) == [
        f"tradeflows: {layout.name}: 1 defect",
        f"{where(layout)}{shown} {NO_NUMBER}",
    ]


@pytest.mark.parametrize(("layout", "figure"), hostile({"above 10^16": "10000000000000001"}))
def test_a_number_that_is_too_large_for_trade_refuses_the_file(refuse, layout, figure):
    assert refuse(layout, layout.with_figure(figure))[1:] == [
        f'{where(layout)}"{figure}" is too large, or too fine, to be kept exactly'
    ]


@pytest.mark.parametrize(("layout", "figure"), hostile({"a fraction": "7.5"}))
def test_a_fraction_of_a_unit_refuses_the_file_where_the_source_prints_whole_ones(command, refuse, layout, figure):
    if layout.rounds:
        assert command.load(layout, layout.with_figure(figure), "--dry-run").status == 0
    else:
        (found,) = refuse(layout, layout.with_figure(figure))[1:]
        assert found == f'{where(layout)}"{figure}" is not whole, though figures of this dataset are'


@pytest.mark.parametrize(("layout", "figure"), hostile({"below zero": "-7"}))
def test_a_figure_below_zero_refuses_the_file_unless_it_may_be_a_difference_of_publications(
    command, refuse, layout, figure
):
    if layout is LAYOUTS["tidy"]:
        assert command.load(layout, layout.with_figure(figure), "--dry-run").status == 0
    else:
        (found,) = refuse(layout, layout.with_figure(figure))[1:]
        assert found == f'{where(layout)}"{figure}" is below zero, which no figure of this source can be'


def test_totals_that_outgrow_what_can_be_kept_refuse_the_file(refuse):
    layout = LAYOUTS["us-census"]
    rows = "".join(f"{chapter},5700,CHINA,9999999999999999,2024,01,HS2\n" for chapter in range(10, 75))

    (found,) = refuse(layout, layout.raw + rows.encode())[1:]

    assert found == "  its figures add up to totals that are too large"
