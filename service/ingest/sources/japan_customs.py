"""The parser of Japan Customs' files of a year, by month and country, and by HS 9 digits or principal commodity.

A row has the twelve months of a year. Codes are enclosed in apostrophes, values are in thousand yen, and future months
have the value 0. The file does not say which months are published: months after the last one with a figure are skipped.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from service.domain.flows import FLOWS
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.catalog.reference_tables import hs_names
from service.ingest.formats.text_file import csv_rows
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, batch_parser
from service.ingest.sources.fixed_layout import (
    Cells,
    NamedRow,
    flow_key,
    named_rows,
    optional_quantity,
    whole_value,
)
from service.ingest.sources.japan_common import JAPAN_DATASET_FIELDS
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import InvalidCell, Record

PARSER_VERSION = "japan-customs-2"
MONTH_ABBREVIATIONS = ("Jan", "Feb", "Mar", "Apl", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
JAPAN_CUSTOMS_COLUMNS = (
    "Exp or Imp",
    "Year",
    "Country",
    "Unit1",
    "Unit2",
    *(f"{column}-{month}" for month in MONTH_ABBREVIATIONS for column in ("Quantity1", "Quantity2", "Value")),
)
FLOW_BY_CODE = {"1": "X", "2": "M"}
KILOGRAMS_PER_UNIT = {"KG": 1, "MT": 1000}
ZERO_VALUE = "0"
JAPAN_HS_DATASET = JAPAN_DATASET_FIELDS | {
    "code": "jpn-hs-m",
    "title": "Japan: trade by HS 9 digits and country, monthly",
    "classification": "JP-HS",
    "exhaustive": True,
}
JAPAN_PRINCIPAL_DATASET = JAPAN_DATASET_FIELDS | {
    "code": "jpn-pcc-m",
    "title": "Japan: trade by principal commodity code and country, monthly",
    "classification": "JP-PCC",
    "exhaustive": False,
}
CODE_PATTERNS = {"HS": re.compile(r"[0-9]{9}", re.ASCII), "Commodity": re.compile(r"[0-9]{1,9}", re.ASCII)}
"""Patterns of valid commodity codes, by the column that has them."""

CLASSIFICATIONS: dict[str, dict[str, Any]] = {
    "HS": {"name": "Japan's statistical codes: HS with three national digits", "family": "HS", "default_level": 2},
    "Commodity": {"name": "Japan's principal commodity codes", "family": "JP-PCC"},
}


@dataclass(frozen=True)
class _FileContents:
    """The result of the first pass: the commodities, and the last published month by flow and year."""

    commodities: Mapping[str, CommodityDefinition]
    last_month: Mapping[tuple[str, str], int]


def describe(files: Sequence[ArchivedFile]) -> list[DatasetDescription]:
    """Describe the dataset of the files: trade by HS code, or by principal commodity.

    :raises InvalidFile: a file is damaged, or has another layout.
    """
    column = "HS" if "HS" in _read_header(files[0]) else "Commodity"
    contents = _scan_files(files, column)
    dataset = JAPAN_HS_DATASET if column == "HS" else JAPAN_PRINCIPAL_DATASET

    def parse_file(path: Path, catalog: Catalog, report: LoadReport) -> Iterator[Record]:
        return _parse_file(path, catalog, report, column, contents)

    commodities = [TOTAL_COMMODITY, *contents.commodities.values()]
    return [
        DatasetDescription(
            dataset, batch_parser(parse_file), PARSER_VERSION, CLASSIFICATIONS[column], commodities, "jp-customs"
        )
    ]


def _read_header(file: ArchivedFile) -> list[str]:
    return next(csv_rows(file.path, name=file.name, encoding="cp932"))[1]


def _read_rows(path: Path, column: str, report: LoadReport) -> Iterator[NamedRow]:
    rows = csv_rows(path, name=report.file_name, encoding="cp932")
    return named_rows(rows, report, required=[*JAPAN_CUSTOMS_COLUMNS, column])


def _scan_files(files: Sequence[ArchivedFile], column: str) -> _FileContents:
    commodities: dict[str, CommodityDefinition] = {}
    last_month: dict[tuple[str, str], int] = {}
    for file in files:
        report = LoadReport(file.name)
        for _, cells in _read_rows(file.path, column, report):
            code = _unquote(cells[column])
            if CODE_PATTERNS[column].fullmatch(code):
                for commodity in _commodity_levels(code, column):
                    commodities.setdefault(commodity.code, commodity)
            flow_and_year = cells["Exp or Imp"], cells["Year"]
            rows_with_figures = [
                n for n, month in enumerate(MONTH_ABBREVIATIONS, 1) if cells[f"Value-{month}"] != ZERO_VALUE
            ]
            last_month[flow_and_year] = max([last_month.get(flow_and_year, 0), *rows_with_figures])
        report.raise_if_invalid()
    return _FileContents(commodities, last_month)


def _unquote(code: str) -> str:
    return code.strip("'").strip()


def _commodity_levels(code: str, column: str) -> Iterator[CommodityDefinition]:
    if column != "HS":
        yield CommodityDefinition(code, code, code, 1, "TOTAL")
        return
    names = hs_names()
    parent = "TOTAL"
    for level in (2, 4, 6, 9):
        prefix = code[:level]
        yield CommodityDefinition(prefix, prefix, names.get(prefix, names.get(code[:6], prefix)), level, parent)
        parent = prefix


def _parse_file(
    path: Path, catalog: Catalog, report: LoadReport, column: str, contents: _FileContents
) -> Iterator[Record]:
    for line, cells in _read_rows(path, column, report):
        try:
            key = (
                flow_key(cells["Exp or Imp"], _FLOW_KEYS, column="Exp or Imp"),
                catalog.partner_key(cells["Country"], column="Country"),
                catalog.commodity_key(_unquote(cells[column]), column=column),
            )
            january = first_month(cells["Year"], months=12, column="Year")
        except InvalidCell as error:
            report.add_invalid_cell(error, line=line)
            continue
        last_month = contents.last_month.get((cells["Exp or Imp"], cells["Year"]), 0)
        for number, month in enumerate(MONTH_ABBREVIATIONS[:last_month]):
            try:
                record = _build_record(cells, line, month, (*key, january + number))
            except InvalidCell as error:
                report.add_invalid_cell(error, line=line)
                continue
            if record is not None:
                yield record


_FLOW_KEYS = {code: FLOWS[flow] for code, flow in FLOW_BY_CODE.items()}


def _build_record(cells: Cells, line: int, month: str, key: tuple[int, int, int, int]) -> Record | None:
    value = whole_value(cells, f"Value-{month}")
    quantities = [(cells[f"Unit{n}"], optional_quantity(cells, f"Quantity{n}-{month}") or Decimal(0)) for n in (1, 2)]
    if not value and not any(quantity for _, quantity in quantities):
        return None
    quantities_with_unit = [(unit, quantity) for unit, quantity in quantities if unit]
    weight = next((_weight_kg(cells, n, month) for n in (1, 2) if cells[f"Unit{n}"] in KILOGRAMS_PER_UNIT), None)
    unit, quantity = quantities_with_unit[0] if quantities_with_unit else (None, None)
    return Record(*key, value, quantity, unit, weight, "A", line)


def _weight_kg(cells: Cells, unit_number: int, month: str) -> Decimal:
    multiplier = KILOGRAMS_PER_UNIT[cells[f"Unit{unit_number}"]]
    return optional_quantity(cells, f"Quantity{unit_number}-{month}", multiplier=multiplier) or Decimal(0)
