"""Detection of the format of a tidy file by its first bytes, not by its name."""

from collections.abc import Iterator
from pathlib import Path

from service.errors import FileError, InvalidFile
from service.ingest.catalog.mapping_file import TidyMapping
from service.ingest.formats import parquet_reader, xlsx_reader
from service.ingest.formats.csv_blocks import csv_parts
from service.ingest.formats.text_file import NumberedRow
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.sources.tidy.column_parser import ColumnarBlock

MAX_MAGIC_BYTES = 8


def file_parts(path: Path, mapping: TidyMapping, report: LoadReport) -> Iterator[ColumnarBlock | Iterator[NumberedRow]]:
    """Yield the parts of a tidy file in order: the header row alone, then blocks of rows or iterators of rows.

    :raises InvalidFile: the file is damaged or encrypted, or violates its format.
    """
    start, columns = _read_magic(path, report.file_name), set(mapping.columns.values())
    if start.startswith((parquet_reader.PARQUET_MAGIC, parquet_reader.ENCRYPTED_PARQUET_MAGIC)):
        yield from parquet_reader.parquet_parts(path, name=report.file_name, columns=columns)
    elif start.startswith(xlsx_reader.XLSX_MAGIC) and xlsx_reader.is_workbook(path, name=report.file_name):
        rows = xlsx_reader.xlsx_rows(path, report=report, sheet=mapping.sheet, columns=columns)
        yield iter([next(rows)])
        yield rows
    elif start.startswith(xlsx_reader.OLE_CONTAINER_MAGIC):
        rule = "is an encrypted workbook, or one of Excel before 2007; save it as .xlsx without a password"
        raise InvalidFile(report.file_name, [FileError(rule)])
    else:
        name, encoding = report.file_name, mapping.encoding
        yield from csv_parts(path, name=name, encoding=encoding, delimiter=mapping.delimiter)


def _read_magic(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_MAGIC_BYTES)
    except OSError as error:
        raise InvalidFile(name, [FileError(f"the file cannot be read: {error.strerror or error}")]) from error
