"""Tidy files as Parquet and as workbooks say what they say as CSV."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from tests.ingest.conftest import HEADER, MAPPING
from tests.ingest.tables import COLUMNS, FIGURE, OTHER, as_excel_has_it, parquet_of, workbook_of

JANUARY = 2024 * 12
STANDS = [(1, "CHN", "TOTAL", JANUARY, 7391), (2, "USA", "TOTAL", JANUARY, 30)]
WIDE = MAPPING.replace(
    'value = "value"', 'value = "value"\nquantity = "count"\nquantity_unit = "unit"\nnet_weight_kg = "kg"'
)
ALL_COLUMNS = (*COLUMNS, "count", "unit", "kg")


FORMS = {
    "Parquet": parquet_of,
    "XLSX": workbook_of,
    "XLSX of Excel": lambda *rows, **options: as_excel_has_it(workbook_of(*rows, **options)),
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_read_whatever_its_name(load, form):
    loaded = load(FORMS[form](FIGURE, OTHER))

    assert (loaded.rows, loaded.notes) == (2, ())
    assert load.figures() == STANDS


@pytest.mark.parametrize("form", FORMS)
def test_columns_that_the_mapping_does_not_speak_of_may_hold_anything(load, form):
    load(FORMS[form]((*FIGURE, True), (*OTHER, None), columns=(*COLUMNS, "remark")))

    assert load.figures() == STANDS


@pytest.mark.parametrize("form", FORMS)
def test_numbers_and_empty_cells_are_those_that_are_written(load, form):
    rows = [(*FIGURE, 12.5, "NO", 0.1), (*OTHER, None, None, 1e-7)]

    load(FORMS[form](*rows, columns=ALL_COLUMNS), mapping=WIDE)

    assert load.rows("SELECT quantity, quantity_unit, net_weight_kg FROM observation ORDER BY flow") == [
        (Decimal("12.5"), "NO", Decimal("0.1")),
        (None, None, Decimal("0.0000001")),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_rows_with_an_unknown_code_are_left_out_and_named_with_their_number(load, form):
    loaded = load(FORMS[form](FIGURE, ("2024-01", "export", "XXX", "all", 1)))

    number = 2 if form == "Parquet" else 3  # rows of Parquet have no header among them
    assert loaded.notes == (f'2024-02-28.csv: unknown partner "XXX", first in line {number}: 1 rows left out',)
    assert load.figures() == STANDS[:1]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.int32(), 7391),
        (pa.uint64(), 7391),
        (pa.float64(), 7391.0),
        (pa.float32(), 7391.0),
        (pa.decimal128(12, 2), Decimal("7391.00")),
        (pa.decimal256(60, 0), Decimal(7391)),
        (pa.string(), " 7391"),
        (pa.large_string(), "7391"),
        (pa.dictionary(pa.int8(), pa.string()), "7391"),
        (pa.dictionary(pa.int8(), pa.int64()), 7391),
    ],
    ids=str,
)
def test_a_whole_number_may_be_of_any_type_that_parquet_has_for_numbers_and_text(load, kind, value):
    load(parquet_of((*FIGURE[:-1], value), types={"value": kind}))

    assert load.figures() == STANDS[:1]


def test_periods_may_be_whole_numbers_that_read_as_one(load):
    load(workbook_of((202401, *FIGURE[1:])))

    assert load.figures() == STANDS[:1]


def test_single_precision_is_written_as_it_was_meant(load):
    rows = [(*FIGURE, np.float32(0.1), "NO", None)]

    load(parquet_of(*rows, columns=ALL_COLUMNS, types={"count": pa.float32(), "kg": pa.float64()}), mapping=WIDE)

    assert load.rows("SELECT quantity, net_weight_kg FROM observation") == [(Decimal("0.1"), None)]


def test_a_parquet_file_of_several_row_groups_and_batches_is_read_whole(load):
    months = [f"{year}-{month:02}" for year in range(1995, 2024) for month in range(1, 13)]
    countries = [code for (code,) in load.rows("SELECT code FROM area WHERE kind = 'country' ORDER BY 1 LIMIT 180")]
    rows = [(month, "export", country, "all", place) for month in months for place, country in enumerate(countries)]

    loaded = load(parquet_of(*rows, row_group_size=20_000))

    assert (len(rows), loaded.rows) == (62_640, 62_640)
    assert load.rows("SELECT sum(value) FROM observation") == [(348 * 180 * 179 // 2,)]


def test_of_several_sheets_the_mapping_says_which(load):
    def add(workbook):
        workbook.create_sheet("Notes").append(["Some words"])

    raw = workbook_of(FIGURE, change=add)

    load(raw, mapping=MAPPING.replace("[file]", '[file]\nsheet = "Figures"'))

    assert load.figures() == STANDS[:1]


def test_blank_rows_of_a_sheet_are_passed_over(load):
    load(workbook_of(FIGURE, (), (), OTHER))

    assert load.figures() == STANDS


def test_the_same_figures_in_another_form_are_another_release_that_changes_nothing(load):
    load(HEADER + "2024-01,export,CHN,all,7391\n")
    load(parquet_of(FIGURE), name="2024-03-28.parquet")

    assert load.rows("SELECT release.code FROM observation JOIN release ON release.id = release_id") == [
        ("jpn-test-2024-02-28",)
    ]
