"""Workbooks (XLSX) read row by row, with the text that each cell would have in a CSV file."""

import re
import warnings
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from service.errors import FileError, InvalidFile
from service.ingest.formats.cell_values import cell_value_text
from service.ingest.formats.gzip_reader import MAX_ARCHIVE_MEMBERS, MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES
from service.ingest.formats.text_file import NumberedRow
from service.ingest.formats.zip_reader import zip_member_names
from service.ingest.pipeline.load_report import LoadReport

XLSX_MAGIC = b"PK\x03\x04"
OLE_CONTAINER_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of encrypted workbooks, and of workbooks of Excel before 2007."""

MAX_SHEET_ROWS = 1 << 20
MAX_PART_BYTES = 1 << 26
"""Maximum size of a part that is held in memory, such as the string table; sheets are streamed."""

_SHEET_PATH = re.compile(r"xl/worksheets/[^/]+\.xml")
_MERGED_CELL = re.compile(rb"<(\w+:)?mergeCell\b")
_OVERLAP_BYTES = 64
_DAMAGE_ERRORS = (
    ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip
"""The exceptions that openpyxl raises for a damaged workbook."""


def is_workbook(path: Path, *, name: str) -> bool:
    """Return whether a zip archive has a file of a workbook, even if the workbook is incomplete.

    :raises InvalidFile: the archive is damaged, encrypted or too large.
    """
    members = zip_member_names(path, name=name)
    return any(member.startswith(("xl/", "[Content_Types]")) for member in members)


def xlsx_rows(path: Path, *, report: LoadReport, sheet: str | None, columns: Collection[str]) -> Iterator[NumberedRow]:
    """Yield the number and the cells of each row of a sheet that is not empty; the first one is the complete header.

    `sheet` is the name of the sheet; null means the only one. In the other rows only the cells of `columns` have their
    text. A cell that is neither text nor a number is an error in the report, and its row is skipped.

    :raises InvalidFile: the workbook is damaged or too large, lacks the sheet, has several sheets and `sheet` is null,
        or has merged cells.
    """
    name = report.file_name
    with _open_workbook(path, name) as workbook:
        worksheet = _select_sheet(workbook, sheet, name)
        _check_not_merged(path, worksheet, name)
        worksheet.reset_dimensions()  # the size in a sheet is unreliable
        header: list[str] = []
        for number, cells in enumerate(_rows_ignoring_warnings(worksheet.iter_rows()), start=1):
            if number > MAX_SHEET_ROWS:
                raise InvalidFile(name, [FileError(f"has more than {MAX_SHEET_ROWS} rows")])
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
    from openpyxl import load_workbook  # noqa: PLC0415 - few files are workbooks

    try:
        _check_unpacked_size(path, name)
        with path.open("rb") as file:
            with _ignore_warnings():
                workbook = load_workbook(file, read_only=True, keep_links=False)
            with closing(workbook):
                yield workbook
    except _DAMAGE_ERRORS as error:
        message = str(error.__cause__ or error).partition("\n")[0] or type(error).__name__
        raise InvalidFile(name, [FileError(f"is not a workbook, or is damaged or truncated: {message}")]) from error


@contextmanager
def _ignore_warnings() -> Iterator[None]:
    """Suppress openpyxl's warnings about styles, validation and the like, which are not read."""
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
    """Check the sizes in the directory of the archive, which bound the decompression."""
    with ZipFile(path) as archive:
        parts = archive.infolist()
    size = path.stat().st_size
    if len(parts) > MAX_ARCHIVE_MEMBERS:
        raise InvalidFile(name, [FileError(f"the file has more than {MAX_ARCHIVE_MEMBERS} members")])
    if sum(part.file_size for part in parts) > max(size * MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES):
        raise InvalidFile(
            name, [FileError(f"the file decompresses to more than {MAX_COMPRESSION_RATIO} times its size")]
        )
    if any(part.file_size > MAX_PART_BYTES for part in parts if not _SHEET_PATH.fullmatch(part.filename)):
        rule = f"a part of the workbook other than a sheet is larger than {MAX_PART_BYTES >> 20} MB; save it as CSV"
        raise InvalidFile(name, [FileError(rule)])


def _select_sheet(workbook: Any, sheet_name: str | None, name: str) -> Any:
    """Return the sheet of that name; the only sheet where there is no name."""
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    hidden = {title for title, sheet in sheets.items() if sheet.sheet_state != "visible"}
    message = ", ".join(title + " (hidden)" * (title in hidden) for title in sheets)
    if sheet_name is None and len(sheets) != 1:
        rule = f"has the sheets {message}; name one in the mapping, as [file] sheet"
        raise InvalidFile(name, [FileError(rule)])
    worksheet = sheets.get(sheet_name) if sheet_name is not None else next(iter(sheets.values()))
    if worksheet is None:
        raise InvalidFile(name, [FileError(f"is not a sheet of the workbook, which has {message}", value=sheet_name)])
    if sheet_name is None and hidden:
        rule = f"has only the hidden sheet {message}; to load it, name it in the mapping, as [file] sheet"
        raise InvalidFile(name, [FileError(rule)])
    return worksheet


def _check_not_merged(path: Path, sheet: Any, name: str) -> None:
    """Check that no cells are merged: all but the first cell of a merged range are empty."""
    with ZipFile(path) as archive, archive.open(sheet._worksheet_path) as part:
        previous_bytes = b""
        while chunk := part.read(READ_CHUNK_BYTES):
            if _MERGED_CELL.search(previous_bytes + chunk):
                rule = f"cells of the sheet {sheet.title} are merged, so that some are empty; unmerge them"
                raise InvalidFile(name, [FileError(rule)])
            previous_bytes = chunk[-_OVERLAP_BYTES:]


def _header_names(cells: Any) -> list[str]:
    names = ["" if cell.value is None else str(cell.value).strip() for cell in cells]
    while not names[-1]:
        names.pop()
    return [each or f"(column {index} without a name)" for index, each in enumerate(names, start=1)]


def _row_cells(
    cells: Any, number: int, *, header: list[str], columns: Collection[str], report: LoadReport
) -> list[str] | None:
    """Return the cells as text; null, and an error in the report, where a cell is invalid."""
    extra_indexes = [
        index for index, cell in enumerate(cells, start=1) if index > len(header) and cell.value is not None
    ]
    if extra_indexes:
        report.add_error(FileError(f"has {extra_indexes[-1]} cells where the header has {len(header)}", line=number))
        return None
    row = [""] * len(header)
    for index, (column, cell) in enumerate(zip(header, cells, strict=False)):
        if column in columns:
            try:
                row[index] = _cell_text(cell, report.file_name, number)
            except ValueError as error:
                report.add_error(FileError(str(error), number, column, str(cell.value)))
                return None
    return row


def _cell_text(cell: Any, name: str, number: int) -> str:
    if cell.data_type == "f":
        raise ValueError("is a formula; save the sheet with values only")
    if cell.data_type == "e":
        raise ValueError("is an error instead of a value")
    if cell.data_type == "d":
        raise ValueError("is a date, but should be text or a number: 2024-01, 2024-Q1, 2024")
    return cell_value_text(cell.value, name=name, line=number)
