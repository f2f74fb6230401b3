"""Workbooks that are damaged, ambiguous, or hold what is no figure refuse themselves as CSV would."""

from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.ingest.hostile.layouts import LAYOUTS
from tests.ingest.tables import COLUMNS, FIGURE, OTHER, SHEET, as_excel_has_it, with_parts, workbook_of

TIDY = LAYOUTS["tidy"]
GOOD = workbook_of(FIGURE, OTHER)
DAMAGED = "is no workbook, or is damaged or cut off: "


def refused(refuse, raw):
    """Return the one thing that was found wrong."""
    (found,) = refuse(TIDY, raw)[1:]
    return found.strip()


@pytest.mark.parametrize(
    "raw",
    [
        GOOD[:-30],
        GOOD[: len(GOOD) // 2],
        b"PK\x03\x04",
        with_parts(GOOD, sheet=lambda xml: xml[:-60]),
        with_parts(GOOD, sheet=lambda _xml: None),
        with_parts(GOOD, sheets=lambda _xml: None),
        with_parts(GOOD, types=lambda _xml: None),
        with_parts(as_excel_has_it(GOOD), strings=lambda xml: xml.replace(b"<si><t>USA</t></si>", b"")),
        with_parts(GOOD, sheet=lambda xml: xml.replace(b"<v>7391</v>", b"<v>7391,5</v>")),
        with_parts(GOOD, sheet=lambda xml: xml.replace(b"<sheetData>", b"<sheetData><row r='x'/>")),
        with_parts(GOOD, sheet=lambda xml: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml),
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
def test_a_damaged_workbook_is_refused(refuse, raw):
    found = refused(refuse, raw)

    assert found.startswith((DAMAGED, "has the sheets"))


def test_a_zip_file_that_is_no_workbook_is_refused(refuse):
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("file.csv", TIDY.text)

    assert refused(refuse, target.getvalue()).startswith(DAMAGED)


def test_an_encrypted_workbook_is_refused_as_such(refuse):
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)

    found = refused(refuse, container)

    assert found == "is an encrypted workbook, or one of Excel before 2007: save it as .xlsx, without a password"


def test_encrypted_parts_are_refused(refuse):
    raw = bytearray(GOOD)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := raw.find(mark, place + 1)) >= 0:
            raw[place + flags] |= 1

    assert refused(refuse, bytes(raw)).startswith(DAMAGED)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (12.5, '"12.5" is not whole'),
        (0.25, '"0.25" is not whole'),
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
def test_values_that_are_no_whole_number_are_refused_with_their_row(refuse, value, rule):
    found = refused(refuse, workbook_of((*FIGURE[:-1], value)))

    assert found.startswith(f"line 2, column value: {rule}")


def test_a_formula_with_a_result_beside_it_is_a_formula(refuse):
    raw = with_parts(GOOD, sheet=lambda xml: xml.replace(b"<v>7391</v>", b"<f>7000+391</f><v>7391</v>"))

    assert refused(refuse, raw).startswith('line 2, column value: "=7000+391" is a formula')


def test_dates_in_the_place_of_periods_are_refused(refuse):
    found = refused(refuse, workbook_of((datetime(2024, 1, 1), *FIGURE[1:])))  # noqa: DTZ001 - as Excel has it

    assert found.startswith('line 2, column month: "2024-01-01 00:00:00" is a date')


def test_text_that_was_encoded_twice_is_refused(refuse):
    found = refused(refuse, workbook_of(FIGURE, ("2024-01", "export", "CÃ´te d'Ivoire", "all", 1)))

    assert found.startswith("line 3")
    assert "was encoded twice" in found


def test_several_sheets_of_which_none_is_named_are_refused_with_their_names(refuse):
    def add(workbook):
        workbook.create_sheet("Notes").sheet_state = "hidden"

    assert refused(refuse, workbook_of(FIGURE, change=add)) == (
        "has the sheets Figures, Notes (hidden): say which in the mapping, as [file] sheet"
    )


def test_a_sheet_that_is_named_and_not_there_is_refused(refuse, command):
    mapping = command.folder / "mapping.toml"
    before = mapping.read_text()
    mapping.write_text(before.replace("[file]", '[file]\nsheet = "Trade"'))
    try:
        assert refused(refuse, GOOD) == '"Trade" is no sheet of the workbook, which has Figures'
    finally:
        mapping.write_text(before)


def test_a_workbook_with_no_sheet_but_a_hidden_one_is_refused(refuse):
    raw = with_parts(GOOD, sheets=lambda xml: xml.replace(b'state="visible"', b'state="hidden"'))

    assert refused(refuse, raw).startswith("has no sheet but the hidden Figures (hidden)")


def test_merged_cells_are_refused(refuse):
    found = refused(refuse, workbook_of(FIGURE, OTHER, change=lambda workbook: workbook.active.merge_cells("A2:A3")))

    assert found == "cells of the sheet Figures are merged, so that some are empty: undo that first"


def test_a_row_with_cells_beyond_the_header_is_refused(refuse):
    assert refused(refuse, workbook_of((*FIGURE, "more"))) == "line 2: has 6 cells where the header has 5"


def test_the_header_again_among_the_rows_refuses_the_file(refuse):
    found = refused(refuse, workbook_of(FIGURE, COLUMNS))

    assert found == "line 3: is the header again: the file is put together from several"


def test_lines_above_the_header_are_refused_as_a_header_that_is_another(refuse):
    found = refuse(TIDY, workbook_of(COLUMNS, FIGURE, columns=("Trade of January",)))[1:]

    assert found[0] == "  line 1: there is no column month; the header reads Trade of January"


def test_an_empty_sheet_is_refused(refuse):
    assert refused(refuse, workbook_of(columns=())) == "the file is empty"


def test_a_row_with_a_number_that_no_sheet_has_is_refused(refuse):
    raw = with_parts(GOOD, sheet=lambda xml: xml.replace(b'<row r="3"', b'<row r="99999999999"'))

    assert refused(refuse, raw) == "has more than 1048576 rows, which no sheet has"


def test_a_size_that_a_sheet_says_of_itself_is_not_believed(command):
    raw = with_parts(GOOD, sheet=lambda xml: xml.replace(b'<dimension ref="A1:E3"', b'<dimension ref="A1:XFD1048576"'))
    assert raw != GOOD

    ended = command.load(TIDY, raw, "--dry-run")

    assert (ended.status, "2 figures" in ended.lines[-2]) == (0, True), ended


@pytest.mark.parametrize("part", ["sheet", "strings", "docProps/more.xml"])
def test_a_bomb_is_refused_before_it_goes_off(refuse, part):
    raw = with_parts(as_excel_has_it(GOOD), **{part: lambda xml: xml + b" " * 200_000_000})
    assert len(raw) < 210_000

    assert refused(refuse, raw) == "the file unpacks to more than 200 times its size"


def test_a_size_that_a_part_lies_about_is_refused(refuse):
    raw = with_parts(GOOD, sheet=lambda xml: xml + b" " * 3_000_000)
    with ZipFile(BytesIO(raw)) as archive:
        told = archive.getinfo(SHEET).file_size.to_bytes(4, "little")

    assert refused(refuse, raw.replace(told, (2000).to_bytes(4, "little"))).startswith(DAMAGED)


def test_very_many_parts_are_refused(refuse):
    target = BytesIO(GOOD)
    with ZipFile(target, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}", b"")

    assert refused(refuse, target.getvalue()) == "the file is put together from more than 10000 parts"
