"""The parser of the US Census Bureau's International Trade data by country and month, with or without HS codes.

The files are CSV, or JSON of its API.

The value column determines the flow: GEN_VAL_MO is general imports, ALL_VAL_MO all exports. The month is in YEAR and
MONTH, or in `time`. The API repeats a column that a query names twice; such columns are read once if they are equal.
Country groups, such as OPEC or ASIA, are stored as groups, and are never added to their members.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from service.domain.flows import FLOWS
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.formats.json_stream import invalid_json, json_cell_text, json_items
from service.ingest.formats.text_file import csv_rows, first_bytes
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, batch_parser
from service.ingest.sources.fixed_layout import Cells, PositionalRow, named_rows, parse_records, whole_value
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record

PARSER_VERSION = "us-census-2"
CENSUS_API_NAME = "the International Trade API"
FLOW_BY_VALUE_COLUMN = {"ALL_VAL_MO": "X", "GEN_VAL_MO": "M"}
COMMODITY_COLUMNS = ("I_COMMODITY", "E_COMMODITY")
PARTNER_COLUMN = "CTY_CODE"
MONTH_COLUMNS = ("YEAR", "MONTH")
TIME_COLUMN = "time"
"""A column with year and month, such as 2024-01, which some files have instead of `MONTH_COLUMNS`."""

NATIONAL_CHAPTER = CommodityDefinition("98", "98", "Special classification provisions (United States)", 2, "TOTAL")
US_DATASET_FIELDS = {
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
US_TOTALS_DATASET = US_DATASET_FIELDS | {
    "code": "usa-totals-m",
    "title": "United States: trade by country, all goods, monthly",
    "classification": "TOTAL",
    "exhaustive": False,
}
US_HS_DATASET = US_DATASET_FIELDS | {
    "code": "usa-hs-m",
    "title": "United States: trade by HS code and country, monthly",
    "classification": "H6",
    "exhaustive": True,
}


def describe(files: Sequence[ArchivedFile]) -> list[DatasetDescription]:
    """Describe the dataset of the files: trade by HS code if they have a commodity column, else total trade.

    :raises InvalidFile: only some files have a commodity column, or a file is damaged.
    """
    has_commodity_column = {
        file.name: any(column in _read_header(file) for column in COMMODITY_COLUMNS) for file in files
    }
    if len(set(has_commodity_column.values())) > 1:
        raise InvalidFile(
            files[0].name,
            [FileError("files with commodities and files of totals are two datasets; load them separately")],
        )
    if all(has_commodity_column.values()):
        return [
            DatasetDescription(
                US_HS_DATASET,
                batch_parser(_parse_file),
                PARSER_VERSION,
                commodities=[NATIONAL_CHAPTER],
                area_scheme="us-census",
            )
        ]
    classification = {"name": "All commodities, without a breakdown", "family": "TOTAL"}
    return [
        DatasetDescription(
            US_TOTALS_DATASET, batch_parser(_parse_file), PARSER_VERSION, classification, [TOTAL_COMMODITY], "us-census"
        )
    ]


def _read_header(file: ArchivedFile) -> list[str]:
    numbered_rows = _read_rows(file.path, file.name)
    header = next(numbered_rows)[1]
    numbered_rows.close()  # type: ignore[attr-defined] # a generator with an open file
    return header


def _read_rows(path: Path, name: str) -> Iterator[PositionalRow]:
    if not first_bytes(path, name=name).startswith(b"["):
        yield from csv_rows(path, name=name)
        return
    number = 0
    try:
        for number, row in enumerate(json_items(path, name=name, api=CENSUS_API_NAME), start=1):
            if not isinstance(row, list):
                raise ValueError(f"row {number} is not a list")  # noqa: TRY301,TRY004 - one error for all
            yield number, [json_cell_text(cell) for cell in row]
    except ValueError as error:
        raise invalid_json(CENSUS_API_NAME, name, str(error)) from error
    if not number:
        raise invalid_json(CENSUS_API_NAME, name, "it has no row")


def _parse_file(path: Path, catalog: Catalog, report: LoadReport) -> Iterator[Record]:
    numbered_rows = _read_rows(path, report.file_name)
    number, header = next(numbered_rows)
    column = next((name for name in FLOW_BY_VALUE_COLUMN if name in header), None)
    if column is None:
        rule = f"the header has none of {', '.join(FLOW_BY_VALUE_COLUMN)}: the file is from another source"
        raise InvalidFile(report.file_name, [FileError(rule, line=1, value=",".join(header))])
    commodity_column = next((name for name in COMMODITY_COLUMNS if name in header), None)
    period_columns = (TIME_COLUMN,) if TIME_COLUMN in header else MONTH_COLUMNS
    rows = named_rows(
        chain([(number, header)], numbered_rows),
        report,
        required=[PARTNER_COLUMN, *period_columns, column, *([commodity_column] if commodity_column else [])],
        merge_equal_columns=True,
    )

    def parse_row(line: int, cells: Cells) -> Record | None:
        partner = catalog.partner_key(cells[PARTNER_COLUMN], label=cells.get("CTY_NAME", ""), column=PARTNER_COLUMN)
        code = "TOTAL" if commodity_column is None else cells[commodity_column]
        commodity = catalog.commodity_key(code, column=commodity_column)
        value = whole_value(cells, column)
        return Record(
            FLOWS[FLOW_BY_VALUE_COLUMN[column]],
            partner,
            commodity,
            _parse_month(cells),
            value,
            None,
            None,
            None,
            "A",
            line,
        )

    yield from parse_records(rows, report, parse_row=parse_row)


def _parse_month(cells: Cells) -> int:
    if TIME_COLUMN in cells:
        return first_month(cells[TIME_COLUMN], months=1, column=TIME_COLUMN)
    return first_month(f"{cells['YEAR']}-{cells['MONTH'].zfill(2)}", months=1, column="YEAR, MONTH")
