"""Files with an invalid number are refused in every layout, with the position of the number."""

from decimal import Decimal
from io import BytesIO
from itertools import product

import pytest
from pyarrow import parquet

from service.app import create_app
from tests.support.ingest.source_layouts import LAYOUTS

TIDY_LAYOUTS = {"tidy": LAYOUTS["tidy"]}
NOT_A_NUMBER_MESSAGE = "is not a number; write digits, with a decimal point at most"
MALFORMED_NUMBERS = {
    "underscore": "1_000",
    "full-width digits": "１２３４",
    "NaN": "NaN",
    "exponent": "1e5",
    "blank": "",
    "10^400": "1" + "0" * 400,
}
"""Read by each layout's own way to its cells; what follows is read by what all have in common."""

TIDY_MALFORMED_NUMBERS = {
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


def layout_parameters(figures, layouts=LAYOUTS):
    """Return each text in each layout whose encoding has its letters."""
    return [
        pytest.param(layout, figure, id=f"{name}: {what}")
        for (name, layout), (what, figure) in product(layouts.items(), figures.items())
        if figure.encode(layout.encoding, "replace").decode(layout.encoding) == figure
    ]


def cell_location(layout):
    return f"  line {layout.line}, column {layout.column}: "


@pytest.mark.parametrize(
    ("layout", "figure"),
    [*layout_parameters(MALFORMED_NUMBERS), *layout_parameters(TIDY_MALFORMED_NUMBERS, TIDY_LAYOUTS)],
)
def test_a_malformed_number_is_rejected(expect_rejection, layout, figure):
    cell = figure.strip('"')
    shown = f'"{cell}"' if len(cell) <= 80 else f'"{cell[:80]}"...'

    assert expect_rejection(layout, layout.replace_figure(figure)) == [
        f"tradeflows: {layout.name}: 1 defect",
        f"{cell_location(layout)}{shown} {NOT_A_NUMBER_MESSAGE}",
    ]


@pytest.mark.parametrize(("layout", "figure"), layout_parameters({"above 10^16": "10000000000000001"}))
def test_an_implausibly_large_number_is_rejected(expect_rejection, layout, figure):
    assert expect_rejection(layout, layout.replace_figure(figure))[1:] == [
        f'{cell_location(layout)}"{figure}" has too many digits to be stored exactly'
    ]


@pytest.mark.parametrize(("layout", "figure"), layout_parameters({"a fraction": "7.5"}))
def test_a_fraction_is_rejected_for_integer_sources(parse_file, expect_rejection, layout, figure):
    if layout.rounds_values:
        assert parse_file(layout, layout.replace_figure(figure)).status == 0
    else:
        (found,) = expect_rejection(layout, layout.replace_figure(figure))[1:]
        assert found == f'{cell_location(layout)}"{figure}" is not a whole number, as the values of this dataset are'


@pytest.mark.parametrize(("layout", "figure"), layout_parameters({"below zero": "-7"}))
def test_a_negative_figure_is_rejected_except_in_tidy_files(parse_file, expect_rejection, layout, figure):
    if layout is LAYOUTS["tidy"]:
        assert parse_file(layout, layout.replace_figure(figure)).status == 0
    else:
        (found,) = expect_rejection(layout, layout.replace_figure(figure))[1:]
        assert found == f'{cell_location(layout)}"{figure}" is negative; figures of this source are not'


def test_overflowing_totals_are_rejected(expect_rejection):
    layout = LAYOUTS["us-census"]
    rows = "".join(f"{chapter},5700,CHINA,9999999999999999,2024,01,HS2\n" for chapter in range(10, 75))

    (found,) = expect_rejection(layout, layout.content + rows.encode())[1:]

    assert found == "  its figures add up to totals that are too large to be stored"


BACI_LAYOUT = LAYOUTS["baci"]


@pytest.mark.parametrize(
    "tons",
    ["0.1234567890123456789", "10000000000000001", "10000000000001"],
    ids=["19 digits after the point", "above 10^16 tons", "above 10^16 kilograms"],
)
def test_an_unrepresentable_weight_is_rejected(expect_rejection, tons):
    (found,) = expect_rejection(BACI_LAYOUT, BACI_LAYOUT.replace_first("0.500", tons))[1:]

    assert found.startswith("  line 2, column q: ")
    assert found.endswith(" has too many digits to be stored exactly")


def test_a_weight_is_exported_with_all_stored_digits(command):
    exact = "9999999999999.123456789012345"
    assert (
        command.load_bytes(BACI_LAYOUT, BACI_LAYOUT.replace_first("0.500", exact), published="2024-04-01").status == 0
    )

    client = create_app(command.engine).test_client()
    question = (
        "/v1/flows?reporter=JPN&dataset=baci-392-a-h6&frequency=A&period=2022&flow=X&partner=CHN&commodity=010121"
    )
    table = parquet.read_table(BytesIO(client.get(f"{question}&format=parquet").data))

    assert table["net_weight_kg"].to_pylist() == [Decimal("9999999999999123.456789012345")]


def test_overflowing_weights_are_rejected(expect_rejection):
    goods = "".join(f"2022,392,156,{code},1,9999999999999\n" for code in ("010121", "010129", "010130", "010190"))
    raw = BACI_LAYOUT.text.splitlines(keepends=True)[0] + goods
    many = "".join(
        f"2022,392,{partner},010121,1,9999999999999\n" for partner in (842, 410, 276, 251, 826, 124, 36, 484)
    )

    (found,) = expect_rejection(BACI_LAYOUT, (raw + many).encode())[1:]

    assert found == "  its figures add up to totals that are too large to be stored"
