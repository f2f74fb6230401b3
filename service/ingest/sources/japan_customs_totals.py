"""Japan's world totals by month, d41ma.csv: cp932, four header lines, blanks after numbers.

A month whose both totals are 0 is not published yet, and is left out.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from service.domain.flows import FLOWS
from service.errors import BadFile, Defect
from service.ingest.archive.archive import Archived
from service.ingest.catalog.catalog import TOTAL, Catalog
from service.ingest.formats.text_file import csv_rows
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, by_rows
from service.ingest.sources.fixed_layout import whole
from service.ingest.sources.japan_common import JAPAN
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import NotAFigureError, Record

PARSER_VERSION = "japan-customs-totals-1"
LINES_OF_HEADER = 4
HEADER = ["Years/Months", "Exp-Total", "Imp-Total"]
NOT_PUBLISHED = ("0", "0")
DATASET = JAPAN | {
    "code": "jpn-totals-m",
    "title": "Japan: total exports and imports, monthly",
    "classification": "TOTAL",
    "exhaustive": False,
}


def describe(_files: Sequence[Archived]) -> list[Described]:
    """Return the one dataset of such files."""
    classification = {"name": "All goods, not broken down", "family": "TOTAL"}
    return [Described(DATASET, by_rows(_figures), PARSER_VERSION, classification, [TOTAL])]


def _figures(path: Path, catalog: Catalog, report: Report) -> Iterator[Record]:
    lines = csv_rows(path, name=report.file_name, encoding="cp932")
    head = [cells for _, cells in islice(lines, LINES_OF_HEADER)]
    if len(head) < LINES_OF_HEADER or head[2] != HEADER:
        third = ",".join(head[2]) if len(head) > 2 else ""
        rule = f"the third line should read {','.join(HEADER)}: it is that of another source"
        raise BadFile(report.file_name, [Defect(rule, line=3, value=third)])
    world, total = catalog.areas["WLD"], catalog.commodities["TOTAL"]
    for line, cells in lines:
        if len(cells) != len(HEADER):
            report.defect(Defect(f"has {len(cells)} cells where the header has {len(HEADER)}", line=line))
        elif tuple(cells[1:]) != NOT_PUBLISHED:
            yield from _of_month(line, cells, world, total, report)


def _of_month(line: int, cells: list[str], world: int, total: int, report: Report) -> Iterator[Record]:
    try:
        period = first_month(cells[0], months=1, column=HEADER[0])
        by_name = dict(zip(HEADER, cells, strict=True))
        values = [whole(by_name, column) for column in HEADER[1:]]
    except NotAFigureError as error:
        report.no_figure(error, line=line)
        return
    for flow, value in zip(("X", "M"), values, strict=True):
        yield Record(FLOWS[flow], world, total, period, value, None, None, None, "A", line)
