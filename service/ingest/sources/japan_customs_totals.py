"""The parser of Japan's total exports and imports by month, in the file d41ma.csv.

The file is encoded in cp932, and has four header lines and blanks after numbers.

A month in which both totals are 0 is not published yet, and is skipped.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from service.domain.flows import FLOWS
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.formats.text_file import csv_rows
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, batch_parser
from service.ingest.sources.fixed_layout import whole_value
from service.ingest.sources.japan_common import JAPAN_DATASET_FIELDS
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import InvalidCell, Record

PARSER_VERSION = "japan-customs-totals-1"
HEADER_LINES = 4
HEADER_COLUMNS = ["Years/Months", "Exp-Total", "Imp-Total"]
UNPUBLISHED_VALUES = ("0", "0")
JAPAN_TOTALS_DATASET = JAPAN_DATASET_FIELDS | {
    "code": "jpn-totals-m",
    "title": "Japan: total exports and imports, monthly",
    "classification": "TOTAL",
    "exhaustive": False,
}


def describe(_files: Sequence[ArchivedFile]) -> list[DatasetDescription]:
    """Describe the dataset of the files, which is always the same."""
    classification = {"name": "All commodities, without a breakdown", "family": "TOTAL"}
    return [
        DatasetDescription(
            JAPAN_TOTALS_DATASET, batch_parser(_parse_file), PARSER_VERSION, classification, [TOTAL_COMMODITY]
        )
    ]


def _parse_file(path: Path, catalog: Catalog, report: LoadReport) -> Iterator[Record]:
    rows = csv_rows(path, name=report.file_name, encoding="cp932")
    header_rows = [cells for _, cells in islice(rows, HEADER_LINES)]
    if len(header_rows) < HEADER_LINES or header_rows[2] != HEADER_COLUMNS:
        third = ",".join(header_rows[2]) if len(header_rows) > 2 else ""
        rule = f"the third line should read {','.join(HEADER_COLUMNS)}: the file is from another source"
        raise InvalidFile(report.file_name, [FileError(rule, line=3, value=third)])
    world, total = catalog.areas["WLD"], catalog.commodities["TOTAL"]
    for line, cells in rows:
        if len(cells) != len(HEADER_COLUMNS):
            report.add_error(FileError(f"has {len(cells)} cells where the header has {len(HEADER_COLUMNS)}", line=line))
        elif tuple(cells[1:]) != UNPUBLISHED_VALUES:
            yield from _month_records(line, cells, world, total, report)


def _month_records(line: int, cells: list[str], world: int, total: int, report: LoadReport) -> Iterator[Record]:
    try:
        period = first_month(cells[0], months=1, column=HEADER_COLUMNS[0])
        cell_by_column = dict(zip(HEADER_COLUMNS, cells, strict=True))
        values = [whole_value(cell_by_column, column) for column in HEADER_COLUMNS[1:]]
    except InvalidCell as error:
        report.add_invalid_cell(error, line=line)
        return
    for flow, value in zip(("X", "M"), values, strict=True):
        yield Record(FLOWS[flow], world, total, period, value, None, None, None, "A", line)
