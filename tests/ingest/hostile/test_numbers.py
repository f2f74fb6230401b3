"""What is no number in ASCII digits refuses its file, in every layout, and the report says where it stands."""

from decimal import Decimal
from io import BytesIO
from itertools import product

import pytest
from pyarrow import parquet

from service.app import create_app
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


BACI = LAYOUTS["baci"]


@pytest.mark.parametrize(
    "tons",
    ["0.1234567890123456789", "10000000000000001", "10000000000001"],
    ids=["19 digits after the point", "above 10^16 tons", "above 10^16 kilograms"],
)
def test_a_weight_that_no_export_could_hold_refuses_the_file(refuse, tons):
    (found,) = refuse(BACI, BACI.changed("0.500", tons))[1:]

    assert found.startswith("  line 2, column q: ")
    assert found.endswith(" is too large, or too fine, to be kept exactly")


def test_a_weight_with_as_many_digits_as_are_kept_is_exported_with_all_of_them(command):
    exact = "9999999999999.123456789012345"
    assert command.load(BACI, BACI.changed("0.500", exact), published="2024-04-01").status == 0

    client = create_app(command.engine).test_client()
    question = (
        "/v1/flows?reporter=JPN&dataset=baci-392-a-h6&frequency=A&period=2022&flow=X&partner=CHN&commodity=010121"
    )
    table = parquet.read_table(BytesIO(client.get(f"{question}&format=parquet").data))

    assert table["net_weight_kg"].to_pylist() == [Decimal("9999999999999123.456789012345")]


def test_weights_that_outgrow_what_can_be_added_up_refuse_the_file(refuse):
    goods = "".join(f"2022,392,156,{code},1,9999999999999\n" for code in ("010121", "010129", "010130", "010190"))
    raw = BACI.text.splitlines(keepends=True)[0] + goods
    many = "".join(
        f"2022,392,{partner},010121,1,9999999999999\n" for partner in (842, 410, 276, 251, 826, 124, 36, 484)
    )

    (found,) = refuse(BACI, (raw + many).encode())[1:]

    assert found == "  its figures add up to totals that are too large"
