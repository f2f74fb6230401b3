"""The parts of a tidy file, whichever form it has: told by how its bytes begin, not by its name."""

from collections.abc import Iterator
from pathlib import Path

from service.errors import BadFile, Defect
from service.ingest.catalog.mapping_file import Mapping
from service.ingest.formats import parquet_reader, xlsx_reader
from service.ingest.formats.csv_blocks import csv_parts
from service.ingest.formats.text_file import Row
from service.ingest.pipeline.load_report import Report
from service.ingest.sources.tidy.column_parser import InColumns

LONGEST_MAGIC = 8


def parts_of(path: Path, mapping: Mapping, report: Report) -> Iterator[InColumns | Iterator[Row]]:
    """Yield the parts of a file, in order; the first part is the first row alone, which names the columns.

    :raises BadFile: the file is damaged, encrypted, or breaks the rules of its form.
    """
    start, columns = _start(path, report.file_name), set(mapping.columns.values())
    if start.startswith((parquet_reader.MAGIC, parquet_reader.MAGIC_OF_ENCRYPTED)):
        yield from parquet_reader.parquet_parts(path, name=report.file_name, columns=columns)
    elif start.startswith(xlsx_reader.MAGIC):
        rows = xlsx_reader.xlsx_rows(path, report=report, sheet=mapping.sheet, columns=columns)
        yield iter([next(rows)])
        yield rows
    elif start.startswith(xlsx_reader.MAGIC_OF_ENCRYPTED):
        rule = "is an encrypted workbook, or one of Excel before 2007: save it as .xlsx, without a password"
        raise BadFile(report.file_name, [Defect(rule)])
    else:
        name, encoding = report.file_name, mapping.encoding
        yield from csv_parts(path, name=name, encoding=encoding, delimiter=mapping.delimiter)


def _start(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_MAGIC)
    except OSError as error:
        raise BadFile(name, [Defect(f"the file cannot be read: {error.strerror or error}")]) from error
