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

from service.errors import BadFile, Defect
from service.ingest.formats.cell_values import text_of
from service.ingest.formats.gzip_reader import CHUNK, MOST_MEMBERS, MOST_TIMES_LARGER
from service.ingest.formats.text_file import Row
from service.ingest.pipeline.load_report import Report

MAGIC = b"PK\x03\x04"
MAGIC_OF_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Of the container that encrypted workbooks come in, and those of Excel before 2007."""

MOST_ROWS = 1 << 20
MOST_AT_ONCE = 1 << 26
"""How large what is held as a whole may be: the table of strings, styles and the like, but for the sheets."""

_A_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_MERGED = re.compile(rb"<(\w+:)?mergeCell\b")
_OVERLAP = 64
_DAMAGE = (
    ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip
"""What openpyxl raises, or what it calls does, where a workbook is not what it should be."""


def xlsx_rows(path: Path, *, report: Report, sheet: str | None, columns: Collection[str]) -> Iterator[Row]:
    """Yield the rows of a sheet that have a cell: their number there, and the cells of `columns`, the others empty.

    The first is the header, whole. A cell that is no text or number is noted in the report, and its row left out.

    :raises BadFile: it is no workbook, is damaged or of no sensible size, has several sheets of which none is named,
        lacks the one that is, or cells of it are merged.
    """
    name = report.file_name
    with _opened(path, name) as workbook:
        chosen = _chosen(workbook, sheet, name)
        _refuse_merged(path, chosen, name)
        chosen.reset_dimensions()  # what a sheet says of its size may be anything
        header: list[str] = []
        for number, cells in enumerate(_quietly(chosen.iter_rows()), start=1):
            if number > MOST_ROWS:
                raise BadFile(name, [Defect(f"has more than {MOST_ROWS} rows, which no sheet has")])
            if all(cell.value is None for cell in cells):
                continue
            if not header:
                header = _header(cells)
                yield number, header
            elif row := _row(cells, number, header=header, columns=columns, report=report):
                yield number, row
        if not header:
            raise BadFile(name, [Defect("the file is empty")])


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    try:
        _refuse_bomb(path, name)
        with path.open("rb") as file:
            with _quiet():
                workbook = load_workbook(file, read_only=True, keep_links=False)
            with closing(workbook):
                yield workbook
    except _DAMAGE as error:
        told = str(error.__cause__ or error).partition("\n")[0] or type(error).__name__
        raise BadFile(name, [Defect(f"is no workbook, or is damaged or cut off: {told}")]) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Let openpyxl not warn of styles, validation and the like, which are not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _quietly(rows: Iterator[Any]) -> Iterator[Any]:
    while True:
        with _quiet():
            cells = next(rows, None)
        if cells is None:
            return
        yield cells


def _refuse_bomb(path: Path, name: str) -> None:
    """Check what the file says of its parts, none of which can then be larger when it is unpacked."""
    with ZipFile(path) as archive:
        parts = archive.infolist()
    size = path.stat().st_size
    if len(parts) > MOST_MEMBERS:
        raise BadFile(name, [Defect(f"the file is put together from more than {MOST_MEMBERS} parts")])
    if sum(part.file_size for part in parts) > max(size * MOST_TIMES_LARGER, CHUNK):
        raise BadFile(name, [Defect(f"the file unpacks to more than {MOST_TIMES_LARGER} times its size")])
    if any(part.file_size > MOST_AT_ONCE for part in parts if not _A_SHEET.fullmatch(part.filename)):
        rule = f"a part of the workbook that is no sheet is larger than {MOST_AT_ONCE >> 20} MB: save it as CSV"
        raise BadFile(name, [Defect(rule)])


def _chosen(workbook: Any, wanted: str | None, name: str) -> Any:
    """Return the sheet that is wanted; the only one where none is."""
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    hidden = {title for title, sheet in sheets.items() if sheet.sheet_state != "visible"}
    told = ", ".join(title + " (hidden)" * (title in hidden) for title in sheets)
    if wanted is None and len(sheets) != 1:
        rule = f"has the sheets {told}: say which in the mapping, as [file] sheet"
        raise BadFile(name, [Defect(rule)])
    chosen = sheets.get(wanted) if wanted is not None else next(iter(sheets.values()))
    if chosen is None:
        raise BadFile(name, [Defect(f"is no sheet of the workbook, which has {told}", value=wanted)])
    if wanted is None and hidden:
        rule = f"has no sheet but the hidden {told}: if it is that, say so in the mapping, as [file] sheet"
        raise BadFile(name, [Defect(rule)])
    return chosen


def _refuse_merged(path: Path, sheet: Any, name: str) -> None:
    """Check that no cells are merged: all but the first of them are empty, which the eye does not see."""
    with ZipFile(path) as archive, archive.open(sheet._worksheet_path) as part:
        before = b""
        while read := part.read(CHUNK):
            if _MERGED.search(before + read):
                rule = f"cells of the sheet {sheet.title} are merged, so that some are empty: undo that first"
                raise BadFile(name, [Defect(rule)])
            before = read[-_OVERLAP:]


def _header(cells: Any) -> list[str]:
    names = ["" if cell.value is None else str(cell.value).strip() for cell in cells]
    while not names[-1]:
        names.pop()
    return [each or f"(column {place} without a name)" for place, each in enumerate(names, start=1)]


def _row(cells: Any, number: int, *, header: list[str], columns: Collection[str], report: Report) -> list[str] | None:
    """Return the cells as text; null, with a note in the report, where one is none."""
    beyond = [place for place, cell in enumerate(cells, start=1) if place > len(header) and cell.value is not None]
    if beyond:
        report.defect(Defect(f"has {beyond[-1]} cells where the header has {len(header)}", line=number))
        return None
    row = [""] * len(header)
    for place, (column, cell) in enumerate(zip(header, cells, strict=False)):
        if column in columns:
            try:
                row[place] = _text(cell, report.file_name, number)
            except ValueError as error:
                report.defect(Defect(str(error), number, column, str(cell.value)))
                return None
    return row


def _text(cell: Any, name: str, number: int) -> str:
    if cell.data_type == "f":
        raise ValueError("is a formula: save the sheet with the values alone")
    if cell.data_type == "e":
        raise ValueError("is an error in the place of a value")
    if cell.data_type == "d":
        raise ValueError("is a date, where the text or number of one cell is read: 2024-01, 2024-Q1, 2024")
    return text_of(cell.value, name=name, line=number)
