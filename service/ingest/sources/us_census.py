"""The US Census Bureau's International Trade data, CSV or the JSON of its API: country by month, with or without HS.

Which flow it is, the value's column says: GEN_VAL_MO general imports, ALL_VAL_MO all exports. Areas that are groups
(OPEC, EUROPEAN UNION, ASIA ...) are kept as groups, and never added up with their members.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from service.errors import BadFile, Defect
from service.ingest.catalog import TOTAL, Catalog
from service.ingest.files import csv_rows, whole_text
from service.ingest.mapping import Good
from service.ingest.periods import NotAPeriodError, first_month
from service.ingest.records import NotAFigureError, Record, whole_from
from service.ingest.report import Report
from service.ingest.source import Described
from service.ingest.sources.figures import Cells, Line, by_name, figures, key_of
from service.models import FLOWS

PARSER_VERSION = "us-census-1"
VALUES = {"ALL_VAL_MO": "X", "GEN_VAL_MO": "M"}
GOODS = ("I_COMMODITY", "E_COMMODITY")
REQUIRED = ("CTY_CODE", "YEAR", "MONTH")
NATIONAL_CHAPTER = Good("98", "98", "Special classification provisions (United States)", 2, "TOTAL")
BASE = {
    "source": "US Census Bureau",
    "reporter": "USA",
    "frequency": "M",
    "currency": "USD",
    "unit_exponent": 0,
    "export_valuation": "FAS",
    "import_valuation": "customs value",
    "trade_system": "general",
    "attribution": "Source: US Census Bureau, Economic Indicators Division, International Trade",
}
TOTALS = BASE | {
    "code": "usa-totals-m",
    "title": "United States: trade by country, all goods, monthly",
    "classification": "TOTAL",
    "exhaustive": False,
}
HS = BASE | {
    "code": "usa-hs-m",
    "title": "United States: trade by HS code and country, monthly",
    "classification": "H6",
    "exhaustive": True,
}


def describe(paths: Sequence[Path]) -> list[Described]:
    """Return the dataset of the files: by HS code where they have a column of goods, else totals.

    :raises BadFile: some files have such a column, and some have not.
    """
    with_goods = {path.name: any(column in _header(path) for column in GOODS) for path in paths}
    if len(set(with_goods.values())) > 1:
        raise BadFile(paths[0].name, [Defect("files with goods and files of totals are two datasets: load them apart")])
    if all(with_goods.values()):
        return [Described(HS, _figures, PARSER_VERSION, goods=[NATIONAL_CHAPTER], scheme="us-census")]
    classification = {"name": "All goods, not broken down", "family": "TOTAL"}
    return [Described(TOTALS, _figures, PARSER_VERSION, classification, [TOTAL], "us-census")]


def _header(path: Path) -> list[str]:
    lines = _rows(path, path.name)
    header = next(lines)[1]
    lines.close()  # type: ignore[attr-defined] # a generator, whose file is to be closed
    return header


def _rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    with path.open("rb") as file:
        is_json = file.read(1) == b"["
    if not is_json:
        yield from csv_rows(path, name=name)
        return
    try:
        rows = json.loads(whole_text(path, name=name))
        yield from ((number, [str(cell).strip() for cell in row]) for number, row in enumerate(rows, start=1))
    except (ValueError, TypeError) as error:
        raise BadFile(name, [Defect(f"the file is no JSON of the International Trade API: {error}")]) from error


def _figures(path: Path, catalog: Catalog, report: Report) -> Iterator[Record]:
    lines = _rows(path, report.file_name)
    number, header = next(lines)
    column = next((name for name in VALUES if name in header), None)
    if column is None:
        rule = f"the header has none of {', '.join(VALUES)}: it is that of another source"
        raise BadFile(report.file_name, [Defect(rule, line=1, value=",".join(header)[:200])])
    goods = next((name for name in GOODS if name in header), None)
    rows: Iterator[Line] = by_name(_again((number, header), lines), file_name=report.file_name, required=REQUIRED)

    def read(line: int, cells: Cells) -> Record | None:
        partner = key_of(catalog.areas, cells["CTY_CODE"], meaning="partner", line=line, report=report)
        code = "TOTAL" if goods is None else cells[goods]
        commodity = key_of(catalog.commodities, code, meaning="commodity", line=line, report=report)
        if partner is None or commodity is None:
            return None
        value = whole_from(cells[column])
        return Record(FLOWS[VALUES[column]], partner, commodity, _month(cells), value, None, None, None, "A", line)

    yield from figures(rows, report, read=read)


def _month(cells: Cells) -> int:
    try:
        return first_month(f"{cells['YEAR']}-{cells['MONTH'].zfill(2)}", months=1)
    except NotAPeriodError as error:
        raise NotAFigureError(str(error)) from error


def _again(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest
