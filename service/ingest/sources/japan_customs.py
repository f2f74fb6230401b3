"""Japan Customs' monthly files of a year: HS 9 digits by country, or principal commodity by country.

A row holds a year; codes are quoted by apostrophes, values in thousand yen, and the months to come are 0. Which months
are published, the file says only by having a figure in them: the months after the last such month are left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from service.domain.flows import FLOWS
from service.ingest.archive.archive import Archived
from service.ingest.catalog.catalog import TOTAL, Catalog
from service.ingest.catalog.mapping_file import Good
from service.ingest.catalog.reference_tables import hs_names
from service.ingest.formats.text_file import csv_rows
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, by_rows
from service.ingest.sources.fixed_layout import Cells, Line, by_name, figures, key_of, optional, whole
from service.ingest.sources.japan_common import JAPAN
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record

PARSER_VERSION = "japan-customs-1"
MONTHS = ("Jan", "Feb", "Mar", "Apl", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
REQUIRED = (
    "Exp or Imp",
    "Year",
    "Country",
    "Unit1",
    "Unit2",
    *(f"{column}-{month}" for month in MONTHS for column in ("Quantity1", "Quantity2", "Value")),
)
SIDES = {"1": "X", "2": "M"}
KILOGRAMS = {"KG": 1, "MT": 1000}
NOTHING = "0"
HS = JAPAN | {
    "code": "jpn-hs-m",
    "title": "Japan: trade by HS 9 digits and country, monthly",
    "classification": "JP-HS",
    "exhaustive": True,
}
PRINCIPAL = JAPAN | {
    "code": "jpn-pcc-m",
    "title": "Japan: trade by principal commodity code and country, monthly",
    "classification": "JP-PCC",
    "exhaustive": False,
}
CODES = {"HS": re.compile(r"[0-9]{9}", re.ASCII), "Commodity": re.compile(r"[0-9]{1,9}", re.ASCII)}
"""How codes read; what reads otherwise is no code of the list, and its rows are left out."""

CLASSIFICATIONS: dict[str, dict[str, Any]] = {
    "HS": {"name": "Japan's statistical codes: HS with three national digits", "family": "HS", "default_level": 2},
    "Commodity": {"name": "Japan's principal commodity codes", "family": "JP-PCC"},
}


@dataclass(frozen=True)
class _Contents:
    """What a first reading finds: the goods, and the last month of each year that is published, by flow."""

    goods: Mapping[str, Good]
    last_month: Mapping[tuple[str, str], int]


def describe(files: Sequence[Archived]) -> list[Described]:
    """Return the dataset of the files, by HS or by principal commodity.

    :raises BadFile: a file is damaged, or of another layout.
    """
    column = "HS" if "HS" in _header(files[0]) else "Commodity"
    contents = _contents(files, column)
    dataset = HS if column == "HS" else PRINCIPAL

    def read(path: Path, catalog: Catalog, report: Report) -> Iterator[Record]:
        return _figures(path, catalog, report, column, contents)

    goods = [TOTAL, *contents.goods.values()]
    return [Described(dataset, by_rows(read), PARSER_VERSION, CLASSIFICATIONS[column], goods, "jp-customs")]


def _header(file: Archived) -> list[str]:
    return next(csv_rows(file.path, name=file.name, encoding="cp932"))[1]


def _lines(path: Path, column: str, report: Report) -> Iterator[Line]:
    rows = csv_rows(path, name=report.file_name, encoding="cp932")
    return by_name(rows, report, required=[*REQUIRED, column])


def _contents(files: Sequence[Archived], column: str) -> _Contents:
    goods: dict[str, Good] = {}
    last: dict[tuple[str, str], int] = {}
    for file in files:
        report = Report(file.name)
        for _, cells in _lines(file.path, column, report):
            code = _unquoted(cells[column])
            if CODES[column].fullmatch(code):
                for good in _with_parents(code, column):
                    goods.setdefault(good.code, good)
            side = cells["Exp or Imp"], cells["Year"]
            with_figures = [n for n, month in enumerate(MONTHS, 1) if cells[f"Value-{month}"] != NOTHING]
            last[side] = max([last.get(side, 0), *with_figures])
        report.refuse_defects()
    return _Contents(goods, last)


def _unquoted(code: str) -> str:
    return code.strip("'").strip()


def _with_parents(code: str, column: str) -> Iterator[Good]:
    if column != "HS":
        yield Good(code, code, code, 1, "TOTAL")
        return
    names = hs_names()
    parent = "TOTAL"
    for level in (2, 4, 6, 9):
        part = code[:level]
        yield Good(part, part, names.get(part, names.get(code[:6], part)), level, parent)
        parent = part


def _figures(path: Path, catalog: Catalog, report: Report, column: str, contents: _Contents) -> Iterator[Record]:
    for month_number, month in enumerate(MONTHS, start=1):

        def read(line: int, cells: Cells, month: str = month, month_number: int = month_number) -> Record | None:
            if month_number > contents.last_month.get((cells["Exp or Imp"], cells["Year"]), 0):
                return None
            flow = key_of(_SIDE_KEYS, cells["Exp or Imp"], meaning="flow", line=line, report=report)
            partner = key_of(catalog.areas, cells["Country"], meaning="partner", line=line, report=report)
            code = _unquoted(cells[column])
            commodity = key_of(catalog.commodities, code, meaning="commodity", line=line, report=report)
            if flow is None or partner is None or commodity is None:
                return None
            january = first_month(cells["Year"], months=12, column="Year")
            return _record(cells, line, month, (flow, partner, commodity, january + month_number - 1))

        yield from figures(_lines(path, column, report), report, read=read)


_SIDE_KEYS = {side: FLOWS[flow] for side, flow in SIDES.items()}


def _record(cells: Cells, line: int, month: str, cell: tuple[int, int, int, int]) -> Record | None:
    value = whole(cells, f"Value-{month}")
    quantities = [(cells[f"Unit{n}"], optional(cells, f"Quantity{n}-{month}") or Decimal(0)) for n in (1, 2)]
    if not value and not any(quantity for _, quantity in quantities):
        return None
    counted = [(unit, quantity) for unit, quantity in quantities if unit]
    weight = next((_kilograms(cells, n, month) for n in (1, 2) if cells[f"Unit{n}"] in KILOGRAMS), None)
    unit, quantity = counted[0] if counted else (None, None)
    return Record(*cell, value, quantity, unit, weight, "A", line)


def _kilograms(cells: Cells, number: int, month: str) -> Decimal:
    times = KILOGRAMS[cells[f"Unit{number}"]]
    return optional(cells, f"Quantity{number}-{month}", times=times) or Decimal(0)
