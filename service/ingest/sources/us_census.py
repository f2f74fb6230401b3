"""The US Census Bureau's International Trade data, CSV or the JSON of its API: country by month, with or without HS.

Which flow it is, the value's column says: GEN_VAL_MO general imports, ALL_VAL_MO all exports. Areas that are groups
(OPEC, EUROPEAN UNION, ASIA ...) are kept as groups, and never added up with their members.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from service.domain.flows import FLOWS
from service.errors import BadFile, Defect
from service.ingest.archive.archive import Archived
from service.ingest.catalog.catalog import TOTAL, Catalog
from service.ingest.catalog.mapping_file import Good
from service.ingest.formats.json_stream import cell_of, json_items, not_of
from service.ingest.formats.text_file import csv_rows, first_bytes
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, by_rows
from service.ingest.sources.fixed_layout import Cells, Row, by_name, figures, key_of, whole
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record

PARSER_VERSION = "us-census-1"
API = "the International Trade API"
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


def describe(files: Sequence[Archived]) -> list[Described]:
    """Return the dataset of the files: by HS code where they have a column of goods, else totals.

    :raises BadFile: some files have such a column, and some have not.
    """
    with_goods = {file.name: any(column in _header(file) for column in GOODS) for file in files}
    if len(set(with_goods.values())) > 1:
        raise BadFile(files[0].name, [Defect("files with goods and files of totals are two datasets: load them apart")])
    if all(with_goods.values()):
        return [Described(HS, by_rows(_figures), PARSER_VERSION, goods=[NATIONAL_CHAPTER], scheme="us-census")]
    classification = {"name": "All goods, not broken down", "family": "TOTAL"}
    return [Described(TOTALS, by_rows(_figures), PARSER_VERSION, classification, [TOTAL], "us-census")]


def _header(file: Archived) -> list[str]:
    lines = _rows(file.path, file.name)
    header = next(lines)[1]
    lines.close()  # type: ignore[attr-defined] # a generator, whose file is to be closed
    return header


def _rows(path: Path, name: str) -> Iterator[Row]:
    if not first_bytes(path, name=name).startswith(b"["):
        yield from csv_rows(path, name=name)
        return
    number = 0
    try:
        for number, row in enumerate(json_items(path, name=name, api=API), start=1):
            if not isinstance(row, list):
                raise ValueError(f"row {number} is no list")  # noqa: TRY301,TRY004 - one error for all
            yield number, [cell_of(cell) for cell in row]
    except ValueError as error:
        raise not_of(API, name, str(error)) from error
    if not number:
        raise not_of(API, name, "it has no row")


def _figures(path: Path, catalog: Catalog, report: Report) -> Iterator[Record]:
    lines = _rows(path, report.file_name)
    number, header = next(lines)
    column = next((name for name in VALUES if name in header), None)
    if column is None:
        rule = f"the header has none of {', '.join(VALUES)}: it is that of another source"
        raise BadFile(report.file_name, [Defect(rule, line=1, value=",".join(header))])
    goods = next((name for name in GOODS if name in header), None)
    rows = by_name(chain([(number, header)], lines), report, required=[*REQUIRED, column, *([goods] if goods else [])])

    def read(line: int, cells: Cells) -> Record | None:
        partner = key_of(catalog.areas, cells["CTY_CODE"], meaning="partner", line=line, report=report)
        code = "TOTAL" if goods is None else cells[goods]
        commodity = key_of(catalog.commodities, code, meaning="commodity", line=line, report=report)
        if partner is None or commodity is None:
            return None
        value = whole(cells, column)
        return Record(FLOWS[VALUES[column]], partner, commodity, _month(cells), value, None, None, None, "A", line)

    yield from figures(rows, report, read=read)


def _month(cells: Cells) -> int:
    return first_month(f"{cells['YEAR']}-{cells['MONTH'].zfill(2)}", months=1, column="YEAR, MONTH")
