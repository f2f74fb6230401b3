"""Tidy files in Parquet and XLSX have the same figures as in CSV."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from service.errors import InvalidFile
from tests.ingest.conftest import CSV_HEADER, MAPPING_TOML
from tests.support.ingest.tidy_files import (
    EXPORT_ROW,
    IMPORT_ROW,
    TIDY_COLUMNS,
    build_parquet,
    build_workbook,
    use_shared_strings,
)

JANUARY_2024 = 2024 * 12
EXPECTED_FIGURES = [(1, "CHN", "TOTAL", JANUARY_2024, 7391), (2, "USA", "TOTAL", JANUARY_2024, 30)]
FULL_MAPPING = MAPPING_TOML.replace(
    'value = "value"', 'value = "value"\nquantity = "count"\nquantity_unit = "unit"\nnet_weight_kg = "kg"'
)
ALL_COLUMNS = (*TIDY_COLUMNS, "count", "unit", "kg")


FILE_BUILDERS = {
    "Parquet": build_parquet,
    "XLSX": build_workbook,
    "XLSX of Excel": lambda *rows, **options: use_shared_strings(build_workbook(*rows, **options)),
}


@pytest.mark.parametrize("format_name", FILE_BUILDERS)
def test_the_format_is_detected_by_content(load, format_name):
    loaded = load(FILE_BUILDERS[format_name](EXPORT_ROW, IMPORT_ROW))

    assert (loaded.row_count, loaded.warnings) == (2, ())
    assert load.current_figures() == EXPECTED_FIGURES


@pytest.mark.parametrize("format_name", FILE_BUILDERS)
def test_unmapped_columns_may_have_any_type(load, format_name):
    load(FILE_BUILDERS[format_name]((*EXPORT_ROW, True), (*IMPORT_ROW, None), columns=(*TIDY_COLUMNS, "remark")))

    assert load.current_figures() == EXPECTED_FIGURES


@pytest.mark.parametrize("format_name", FILE_BUILDERS)
def test_numbers_and_empty_cells_are_preserved(load, format_name):
    rows = [(*EXPORT_ROW, 12.5, "NO", 0.1), (*IMPORT_ROW, None, None, 1e-7)]

    load(FILE_BUILDERS[format_name](*rows, columns=ALL_COLUMNS), mapping=FULL_MAPPING)

    assert load.query_rows("SELECT quantity, quantity_unit, net_weight_kg FROM observation ORDER BY flow") == [
        (Decimal("12.5"), "NO", Decimal("0.1")),
        (None, None, Decimal("0.0000001")),
    ]


@pytest.mark.parametrize("format_name", FILE_BUILDERS)
def test_an_unknown_flow_is_reported_by_row_number(load, format_name):
    with pytest.raises(InvalidFile) as error:
        load(FILE_BUILDERS[format_name](EXPORT_ROW, ("2024-01", "smuggling", "USA", "all", 1)))

    number = 2 if format_name == "Parquet" else 3  # rows of Parquet have no header among them
    assert [(each.line, each.value) for each in error.value.file_errors] == [(number, "smuggling")]


@pytest.mark.parametrize(
    ("arrow_type", "value"),
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
def test_integers_may_have_any_numeric_or_text_parquet_type(load, arrow_type, value):
    load(build_parquet((*EXPORT_ROW[:-1], value), types={"value": arrow_type}))

    assert load.current_figures() == EXPECTED_FIGURES[:1]


def test_periods_may_be_integers(load):
    load(build_workbook((202401, *EXPORT_ROW[1:])))

    assert load.current_figures() == EXPECTED_FIGURES[:1]


def test_single_precision_numbers_have_the_shortest_decimal(load):
    rows = [(*EXPORT_ROW, np.float32(0.1), "NO", None)]

    load(
        build_parquet(*rows, columns=ALL_COLUMNS, types={"count": pa.float32(), "kg": pa.float64()}),
        mapping=FULL_MAPPING,
    )

    assert load.query_rows("SELECT quantity, net_weight_kg FROM observation") == [(Decimal("0.1"), None)]


def test_all_row_groups_and_batches_are_parsed(load):
    months = [f"{year}-{month:02}" for year in range(1995, 2024) for month in range(1, 13)]
    countries = [
        code for (code,) in load.query_rows("SELECT code FROM area WHERE kind = 'country' ORDER BY 1 LIMIT 180")
    ]
    rows = [(month, "export", country, "all", place) for month in months for place, country in enumerate(countries)]

    loaded = load(build_parquet(*rows, row_group_size=20_000))

    assert (len(rows), loaded.row_count) == (62_640, 62_640)
    assert load.query_rows("SELECT sum(value) FROM observation") == [(348 * 180 * 179 // 2,)]


def test_the_mapping_selects_the_sheet(load):
    def add(workbook):
        workbook.create_sheet("Notes").append(["Some words"])

    raw = build_workbook(EXPORT_ROW, change=add)

    load(raw, mapping=MAPPING_TOML.replace("[file]", '[file]\nsheet = "Figures"'))

    assert load.current_figures() == EXPECTED_FIGURES[:1]


def test_blank_rows_are_skipped(load):
    load(build_workbook(EXPORT_ROW, (), (), IMPORT_ROW))

    assert load.current_figures() == EXPECTED_FIGURES


def test_equal_figures_in_another_format_change_nothing(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,7391\n")
    load(build_parquet(EXPORT_ROW), name="2024-03-28.parquet")

    assert load.query_rows("SELECT release.code FROM observation JOIN release ON release.id = release_id") == [
        ("jpn-test-2024-02-28",)
    ]
