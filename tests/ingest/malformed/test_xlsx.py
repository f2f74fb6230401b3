"""Damaged or ambiguous workbooks, and those with invalid values, are refused as CSV is."""

from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.support.ingest.source_layouts import LAYOUTS
from tests.support.ingest.tidy_files import (
    EXPORT_ROW,
    IMPORT_ROW,
    SHEET_PART,
    TIDY_COLUMNS,
    build_workbook,
    change_parts,
    use_shared_strings,
)

TIDY_LAYOUT = LAYOUTS["tidy"]
VALID_WORKBOOK = build_workbook(EXPORT_ROW, IMPORT_ROW)
DAMAGED_MESSAGE = "is not a workbook, or is damaged or truncated: "


def rejection_reason(expect_rejection, raw):
    """Return the one thing that was found wrong."""
    (found,) = expect_rejection(TIDY_LAYOUT, raw)[1:]
    return found.strip()


@pytest.mark.parametrize(
    "raw",
    [
        VALID_WORKBOOK[:-30],
        VALID_WORKBOOK[: len(VALID_WORKBOOK) // 2],
        b"PK\x03\x04",
        change_parts(VALID_WORKBOOK, sheet=lambda xml: xml[:-60]),
        change_parts(VALID_WORKBOOK, sheet=lambda _xml: None),
        change_parts(VALID_WORKBOOK, sheets=lambda _xml: None),
        change_parts(VALID_WORKBOOK, types=lambda _xml: None),
        change_parts(use_shared_strings(VALID_WORKBOOK), strings=lambda xml: xml.replace(b"<si><t>USA</t></si>", b"")),
        change_parts(VALID_WORKBOOK, sheet=lambda xml: xml.replace(b"<v>7391</v>", b"<v>7391,5</v>")),
        change_parts(VALID_WORKBOOK, sheet=lambda xml: xml.replace(b"<sheetData>", b"<sheetData><row r='x'/>")),
        change_parts(VALID_WORKBOOK, sheet=lambda xml: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml),
    ],
    ids=[
        "cut off at its end",
        "cut off in the middle",
        "no more than the mark of ZIP",
        "a sheet that is cut off",
        "a sheet that is missing",
        "no list of sheets",
        "no list of parts",
        "a text that is missing",
        "a number that is none",
        "a row without a number",
        "entities of its own",
    ],
)
def test_a_damaged_workbook_is_rejected(expect_rejection, raw):
    found = rejection_reason(expect_rejection, raw)

    assert found.startswith((DAMAGED_MESSAGE, "the zip archive is damaged or truncated: ", "has the sheets"))


def test_a_zip_file_without_data_is_rejected(expect_rejection):
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("letter.docx", "Dear reader")

    assert (
        expect_rejection(TIDY_LAYOUT, target.getvalue())[1]
        == "  line 1: there is no column month; the header reads Dear reader"
    )


def test_an_encrypted_workbook_is_rejected(expect_rejection):
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)

    found = rejection_reason(expect_rejection, container)

    assert found == "is an encrypted workbook, or one of Excel before 2007; save it as .xlsx without a password"


def test_encrypted_parts_are_rejected(expect_rejection):
    raw = bytearray(VALID_WORKBOOK)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := raw.find(mark, place + 1)) >= 0:
            raw[place + flags] |= 1

    assert rejection_reason(expect_rejection, bytes(raw)) == "the zip archive is encrypted; load one that is not"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (12.5, '"12.5" is not a whole number'),
        (0.25, '"0.25" is not a whole number'),
        (1e300, '"1.000000e+300" is not a number'),
        (9007199254740994.5e3, '"9.007199e+18" is not a number'),
        ("7,391", '"7,391" is not a number'),
        ("７３９１", '"７３９１" is not a number'),
        ("", '"" is not a number'),
        (True, '"True" is a cell of type bool'),
        ("=7000+391", '"=7000+391" is a formula'),
        ("#DIV/0!", '"#DIV/0!" is an error'),
        (date(2024, 1, 1), '"2024-01-01 00:00:00" is a date'),
        (time(12, 30), '"12:30:00" is a date'),
    ],
)
def test_non_integer_values_are_rejected_with_their_row(expect_rejection, value, rule):
    found = rejection_reason(expect_rejection, build_workbook((*EXPORT_ROW[:-1], value)))

    assert found.startswith(f"line 2, column value: {rule}")


def test_a_formula_with_a_cached_result_is_rejected(expect_rejection):
    raw = change_parts(VALID_WORKBOOK, sheet=lambda xml: xml.replace(b"<v>7391</v>", b"<f>7000+391</f><v>7391</v>"))

    assert rejection_reason(expect_rejection, raw).startswith('line 2, column value: "=7000+391" is a formula')


def test_date_cells_are_rejected_as_periods(expect_rejection):
    found = rejection_reason(expect_rejection, build_workbook((datetime(2024, 1, 1), *EXPORT_ROW[1:])))  # noqa: DTZ001 - as Excel has it

    assert found.startswith('line 2, column month: "2024-01-01 00:00:00" is a date')


def test_double_encoded_text_is_rejected(expect_rejection):
    found = rejection_reason(
        expect_rejection, build_workbook(EXPORT_ROW, ("2024-01", "export", "CÃ´te d'Ivoire", "all", 1))
    )

    assert found.startswith("line 3")
    assert "was encoded twice" in found


def test_several_sheets_require_a_sheet_name(expect_rejection):
    def add(workbook):
        workbook.create_sheet("Notes").sheet_state = "hidden"

    assert rejection_reason(expect_rejection, build_workbook(EXPORT_ROW, change=add)) == (
        "has the sheets Figures, Notes (hidden); name one in the mapping, as [file] sheet"
    )


def test_an_unknown_sheet_name_is_rejected(expect_rejection, tidy_folder):
    mapping = tidy_folder / "mapping.toml"
    mapping.write_text(mapping.read_text().replace("[file]", '[file]\nsheet = "Trade"'))

    reason = rejection_reason(expect_rejection, VALID_WORKBOOK)

    assert reason == '"Trade" is not a sheet of the workbook, which has Figures'


def test_a_workbook_with_only_hidden_sheets_is_rejected(expect_rejection):
    raw = change_parts(VALID_WORKBOOK, sheets=lambda xml: xml.replace(b'state="visible"', b'state="hidden"'))

    assert rejection_reason(expect_rejection, raw).startswith("has only the hidden sheet Figures (hidden)")


def test_merged_cells_are_rejected(expect_rejection):
    found = rejection_reason(
        expect_rejection,
        build_workbook(EXPORT_ROW, IMPORT_ROW, change=lambda workbook: workbook.active.merge_cells("A2:A3")),
    )

    assert found == "cells of the sheet Figures are merged, so that some are empty; unmerge them"


def test_cells_beyond_the_header_are_rejected(expect_rejection):
    assert (
        rejection_reason(expect_rejection, build_workbook((*EXPORT_ROW, "more")))
        == "line 2: has 6 cells where the header has 5"
    )


def test_a_repeated_header_is_rejected(expect_rejection):
    found = rejection_reason(expect_rejection, build_workbook(EXPORT_ROW, TIDY_COLUMNS))

    assert found == "line 3: repeats the header: the file was concatenated from several files"


def test_rows_above_the_header_are_rejected(expect_rejection):
    found = expect_rejection(TIDY_LAYOUT, build_workbook(TIDY_COLUMNS, EXPORT_ROW, columns=("Trade of January",)))[1:]

    assert found[0] == "  line 1: there is no column month; the header reads Trade of January"


def test_an_empty_sheet_is_rejected(expect_rejection):
    assert rejection_reason(expect_rejection, build_workbook(columns=())) == "the file is empty"


def test_an_impossible_row_number_is_rejected(expect_rejection):
    raw = change_parts(VALID_WORKBOOK, sheet=lambda xml: xml.replace(b'<row r="3"', b'<row r="99999999999"'))

    assert rejection_reason(expect_rejection, raw) == "has more than 1048576 rows"


def test_the_declared_sheet_size_is_ignored(parse_file):
    raw = change_parts(
        VALID_WORKBOOK, sheet=lambda xml: xml.replace(b'<dimension ref="A1:E3"', b'<dimension ref="A1:XFD1048576"')
    )
    assert raw != VALID_WORKBOOK

    assert parse_file(TIDY_LAYOUT, raw).figure_count == 2


@pytest.mark.parametrize("part", ["sheet", "strings", "docProps/more.xml"])
def test_a_decompression_bomb_is_rejected_before_expansion(expect_rejection, part):
    raw = change_parts(use_shared_strings(VALID_WORKBOOK), **{part: lambda xml: xml + b" " * 200_000_000})
    assert len(raw) < 210_000

    assert rejection_reason(expect_rejection, raw) == "the file decompresses to more than 200 times its size"


def test_a_wrong_declared_part_size_is_rejected(expect_rejection):
    raw = change_parts(VALID_WORKBOOK, sheet=lambda xml: xml + b" " * 3_000_000)
    with ZipFile(BytesIO(raw)) as archive:
        told = archive.getinfo(SHEET_PART).file_size.to_bytes(4, "little")

    assert rejection_reason(expect_rejection, raw.replace(told, (2000).to_bytes(4, "little"))).startswith(
        DAMAGED_MESSAGE
    )


def test_too_many_parts_are_rejected(expect_rejection):
    target = BytesIO(VALID_WORKBOOK)
    with ZipFile(target, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}", b"")

    assert rejection_reason(expect_rejection, target.getvalue()) == "the file has more than 10000 members"
