"""Workbooks (XLSX) read row by row, each cell as the text that a CSV file would have in its place."""

import re
import warnings
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from service.errors import FileError, InvalidFile
from service.ingest.formats.cell_values import cell_value_text
from service.ingest.formats.gzip_reader import MAX_ARCHIVE_MEMBERS, MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES
from service.ingest.formats.text_file import NumberedRow
from service.ingest.pipeline.load_report import LoadReport

XLSX_MAGIC = b"PK\x03\x04"
OLE_CONTAINER_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Of the container that encrypted workbooks come in, and those of Excel before 2007."""

MAX_SHEET_ROWS = 1 << 20
MAX_PART_BYTES = 1 << 26
"""How large what is held as a whole may be: the table of strings, styles and the like, but for the sheets."""

_SHEET_PATH = re.compile(r"xl/worksheets/[^/]+\.xml")
_MERGED_CELL = re.compile(rb"<(\w+:)?mergeCell\b")
_OVERLAP_BYTES = 64
_DAMAGE_ERRORS = (
    ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip
"""What openpyxl raises, or what it calls does, where a workbook is not what it should be."""


def xlsx_rows(path: Path, *, report: LoadReport, sheet: str | None, columns: Collection[str]) -> Iterator[NumberedRow]:
    """Yield the rows of a sheet that have a cell: their number there, and the cells of `columns`, the others empty.

    The first is the header, whole. A cell that is no text or number is noted in the report, and its row left out.

    :raises BadFile: it is no workbook, is damaged or of no sensible size, has several sheets of which none is named,
        lacks the one that is, or cells of it are merged.
    """
    name = report.file_name
    with _open_workbook(path, name) as workbook:
        chosen = _select_sheet(workbook, sheet, name)
        _check_not_merged(path, chosen, name)
        chosen.reset_dimensions()  # what a sheet says of its size may be anything
        header: list[str] = []
        for number, cells in enumerate(_rows_ignoring_warnings(chosen.iter_rows()), start=1):
            if number > MAX_SHEET_ROWS:
                raise InvalidFile(name, [FileError(f"has more than {MAX_SHEET_ROWS} rows, which no sheet has")])
            if all(cell.value is None for cell in cells):
                continue
            if not header:
                header = _header_names(cells)
                yield number, header
            elif row := _row_cells(cells, number, header=header, columns=columns, report=report):
                yield number, row
        if not header:
            raise InvalidFile(name, [FileError("the file is empty")])


@contextmanager
def _open_workbook(path: Path, name: str) -> Iterator[Any]:
    try:
        _check_unpacked_size(path, name)
        with path.open("rb") as file:
            with _ignore_warnings():
                workbook = load_workbook(file, read_only=True, keep_links=False)
            with closing(workbook):
                yield workbook
    except _DAMAGE_ERRORS as error:
        told = str(error.__cause__ or error).partition("\n")[0] or type(error).__name__
        raise InvalidFile(name, [FileError(f"is no workbook, or is damaged or cut off: {told}")]) from error


@contextmanager
def _ignore_warnings() -> Iterator[None]:
    """Let openpyxl not warn of styles, validation and the like, which are not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _rows_ignoring_warnings(rows: Iterator[Any]) -> Iterator[Any]:
    while True:
        with _ignore_warnings():
            cells = next(rows, None)
        if cells is None:
            return
        yield cells


def _check_unpacked_size(path: Path, name: str) -> None:
    """Check what the file says of its parts, none of which can then be larger when it is unpacked."""
    with ZipFile(path) as archive:
        parts = archive.infolist()
    size = path.stat().st_size
    if len(parts) > MAX_ARCHIVE_MEMBERS:
        raise InvalidFile(name, [FileError(f"the file is put together from more than {MAX_ARCHIVE_MEMBERS} parts")])
    if sum(part.file_size for part in parts) > max(size * MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES):
        raise InvalidFile(name, [FileError(f"the file unpacks to more than {MAX_COMPRESSION_RATIO} times its size")])
    if any(part.file_size > MAX_PART_BYTES for part in parts if not _SHEET_PATH.fullmatch(part.filename)):
        rule = f"a part of the workbook that is no sheet is larger than {MAX_PART_BYTES >> 20} MB: save it as CSV"
        raise InvalidFile(name, [FileError(rule)])


def _select_sheet(workbook: Any, sheet_name: str | None, name: str) -> Any:
    """Return the sheet that is wanted; the only one where none is."""
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    hidden = {title for title, sheet in sheets.items() if sheet.sheet_state != "visible"}
    told = ", ".join(title + " (hidden)" * (title in hidden) for title in sheets)
    if sheet_name is None and len(sheets) != 1:
        rule = f"has the sheets {told}: say which in the mapping, as [file] sheet"
        raise InvalidFile(name, [FileError(rule)])
    chosen = sheets.get(sheet_name) if sheet_name is not None else next(iter(sheets.values()))
    if chosen is None:
        raise InvalidFile(name, [FileError(f"is no sheet of the workbook, which has {told}", value=sheet_name)])
    if sheet_name is None and hidden:
        rule = f"has no sheet but the hidden {told}: if it is that, say so in the mapping, as [file] sheet"
        raise InvalidFile(name, [FileError(rule)])
    return chosen


def _check_not_merged(path: Path, sheet: Any, name: str) -> None:
    """Check that no cells are merged: all but the first of them are empty, which the eye does not see."""
    with ZipFile(path) as archive, archive.open(sheet._worksheet_path) as part:
        before = b""
        while read := part.read(READ_CHUNK_BYTES):
            if _MERGED_CELL.search(before + read):
                rule = f"cells of the sheet {sheet.title} are merged, so that some are empty: undo that first"
                raise InvalidFile(name, [FileError(rule)])
            before = read[-_OVERLAP_BYTES:]


def _header_names(cells: Any) -> list[str]:
    names = ["" if cell.value is None else str(cell.value).strip() for cell in cells]
    while not names[-1]:
        names.pop()
    return [each or f"(column {place} without a name)" for place, each in enumerate(names, start=1)]


def _row_cells(
    cells: Any, number: int, *, header: list[str], columns: Collection[str], report: LoadReport
) -> list[str] | None:
    """Return the cells as text; null, with a note in the report, where one is none."""
    beyond = [place for place, cell in enumerate(cells, start=1) if place > len(header) and cell.value is not None]
    if beyond:
        report.add_error(FileError(f"has {beyond[-1]} cells where the header has {len(header)}", line=number))
        return None
    row = [""] * len(header)
    for place, (column, cell) in enumerate(zip(header, cells, strict=False)):
        if column in columns:
            try:
                row[place] = _cell_text(cell, report.file_name, number)
            except ValueError as error:
                report.add_error(FileError(str(error), number, column, str(cell.value)))
                return None
    return row


def _cell_text(cell: Any, name: str, number: int) -> str:
    if cell.data_type == "f":
        raise ValueError("is a formula: save the sheet with the values alone")
    if cell.data_type == "e":
        raise ValueError("is an error in the place of a value")
    if cell.data_type == "d":
        raise ValueError("is a date, where the text or number of one cell is read: 2024-01, 2024-Q1, 2024")
    return cell_value_text(cell.value, name=name, line=number)
