"""UN Comtrade: CSV of the current layout (47 columns) and of the legacy one (35), and the JSON of its API.

Only the totals of the breakdowns are kept: all modes of transport, customs procedures and second partners.
Values are dollars converted from national currencies; their decimals are rounded half-even to whole dollars, and the
load reports how many were rounded and by how much.
The current layout is in cp1252, with rows that end in one comma too many; the legacy one is in UTF-8.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from service.domain.flows import FLOWS
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.catalog.reference_tables import HS_EDITION, hs_names
from service.ingest.formats.json_stream import invalid_json, json_cell_text, json_items
from service.ingest.formats.text_file import csv_rows, first_bytes
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, batch_parser
from service.ingest.sources.fixed_layout import (
    Cells,
    NamedRow,
    lookup_key,
    named_rows,
    optional_quantity,
    parse_records,
    rounded_value,
)
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import InvalidCell, Record

PARSER_VERSION = "comtrade-1"
CURRENT_COLUMNS = {
    "reporter": "reporterCode",
    "frequency": "freqCode",
    "edition": "classificationCode",
    "period": "period",
    "flow": "flowCode",
    "partner": "partnerCode",
    "commodity": "cmdCode",
    "name": "cmdDesc",
    "value": "primaryValue",
    "quantity": "qty",
    "quantity_unit": "qtyUnitAbbr",
    "net_weight_kg": "netWgt",
}
LEGACY_COLUMNS = {
    "reporter": "Reporter Code",
    "edition": "Classification",
    "period": "Period",
    "flow": "Trade Flow Code",
    "partner": "Partner Code",
    "commodity": "Commodity Code",
    "name": "Commodity",
    "value": "Trade Value (US$)",
    "quantity": "Qty",
    "quantity_unit": "Qty Unit",
    "net_weight_kg": "Netweight (kg)",
}
BREAKDOWN_TOTALS = {
    "motCode": {"0"},
    "customsCode": {"C00"},
    "partner2Code": {"0"},
    "mosCode": {"0"},
    "2nd Partner Code": {"", "0"},
    "Customs Proc. Code": {"", "C00"},
    "Mode of Transport Code": {"", "0"},
}
"""The breakdown columns, and their values in the rows of the totals."""

LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
COMTRADE_API_NAME = "UN Comtrade's API"
LAYOUT_ENCODINGS = {True: "cp1252", False: "utf-8"}
"""The encodings of the current layout and of the legacy one."""

EDITION_PATTERN = re.compile(r"H[0-6]|S[1-4]|B[45]")
COMMODITY_PATTERN = re.compile(r"[0-9]{1,6}", re.ASCII)
UNSPECIFIED_PATTERN = re.compile(r"99(99(99|AA)?)?")
"""Codes that Comtrade adds to every edition of HS for commodities not specified according to kind."""

MISSING_UNITS = {"", "N/A", "No Quantity"}
Layout = Mapping[str, str]
DatasetKey = tuple[str, str, str]


def describe(files: Sequence[ArchivedFile]) -> list[DatasetDescription]:
    """Return a dataset for each reporter, frequency and edition in the files, with its commodities.

    :raises InvalidFile: a file is damaged, or has neither layout.
    """
    commodities: dict[DatasetKey, dict[str, CommodityDefinition]] = {}
    for file in files:
        report = LoadReport(file.name)
        layout = _detect_layout(file.path, report)
        for line, cells in _read_rows(file.path, layout, report):
            key = _dataset_key(cells, layout)
            if _is_valid_dataset(key, line, layout, report):
                code = cells[layout["commodity"]]
                commodities.setdefault(key, {}).setdefault(code, _commodity_definition(code, cells[layout["name"]]))
        report.raise_if_invalid()
    return [
        _describe_dataset(key, _new_commodities(key, by_code.values())) for key, by_code in sorted(commodities.items())
    ]


def _is_valid_dataset(key: DatasetKey, line: int, layout: Layout, report: LoadReport) -> bool:
    """Return whether the dataset is possible; report an error otherwise."""
    _, frequency, edition = key
    if frequency not in {"A", "M"}:
        report.add_invalid_cell(
            InvalidCell("is not a frequency; use A or M", frequency, layout.get("frequency")), line=line
        )
    elif not EDITION_PATTERN.fullmatch(edition):
        rule = "is not an edition of a classification; use H0 to H6, S1 to S4, B4 or B5"
        report.add_invalid_cell(InvalidCell(rule, edition, layout["edition"]), line=line)
    else:
        return True
    return False


def _new_commodities(key: DatasetKey, commodities: Iterable[CommodityDefinition]) -> list[CommodityDefinition]:
    """Return the commodities to insert; for a loaded edition only those not specified according to kind."""
    loaded_names = hs_names() if key[2] == HS_EDITION else None
    return [
        commodity
        for commodity in commodities
        if UNSPECIFIED_PATTERN.fullmatch(commodity.code)
        or (loaded_names is None and COMMODITY_PATTERN.fullmatch(commodity.code))
        or commodity is TOTAL_COMMODITY
    ]


def _describe_dataset(key: DatasetKey, commodities: list[CommodityDefinition]) -> DatasetDescription:
    reporter, frequency, edition = key
    dataset = {
        "code": f"comtrade-{reporter}-{frequency}-{edition}".lower(),
        "title": f"UN Comtrade: reporter {reporter}, {edition}, {'annual' if frequency == 'A' else 'monthly'}",
        "source": "UN Comtrade",
        "reporter": reporter,
        "reporter_scheme": "comtrade",
        "frequency": frequency,
        "classification": edition,
        "currency": "USD",
        "unit_exponent": 0,
        "export_valuation": "FOB",
        "import_valuation": "CIF",
        "trade_system": "general",
        "exhaustive": False,
        "attribution": "Source: UN Comtrade",
    }
    classification = {
        "name": f"Classification {edition} of UN Comtrade",
        "family": "HS" if edition[0] == "H" else edition,
    }

    def parse_records(path: Path, catalog: Catalog, report: LoadReport) -> Iterator[Record]:
        return _parse_file(path, catalog, report, key)

    return DatasetDescription(
        dataset,
        batch_parser(parse_records),
        PARSER_VERSION,
        classification,
        [TOTAL_COMMODITY, *commodities],
        "comtrade",
    )


def _commodity_definition(code: str, name: str) -> CommodityDefinition:
    if code == "TOTAL":
        return TOTAL_COMMODITY
    parent = code[:-2] if code.isdigit() and len(code) > 2 else "TOTAL"
    return CommodityDefinition(code, code, name, len(code), parent)


def _dataset_key(cells: Cells, layout: Layout) -> DatasetKey:
    period = cells[layout["period"]]
    frequency = cells[layout["frequency"]] if "frequency" in layout else "A" if len(period) == len("2024") else "M"
    return cells[layout["reporter"]], frequency, cells[layout["edition"]]


def _detect_layout(path: Path, report: LoadReport) -> Layout:
    return LEGACY_COLUMNS if first_bytes(path, name=report.file_name).startswith(b"Classification") else CURRENT_COLUMNS


def _read_rows(path: Path, layout: Layout, report: LoadReport) -> Iterator[NamedRow]:
    if first_bytes(path, name=report.file_name).startswith(b"{"):
        yield from _read_json_rows(path, report.file_name)
        return
    rows = csv_rows(path, name=report.file_name, encoding=LAYOUT_ENCODINGS[layout is CURRENT_COLUMNS])
    yield from named_rows(rows, report, required=list(layout.values()), allow_trailing_comma=layout is CURRENT_COLUMNS)


def _read_json_rows(path: Path, name: str) -> Iterator[NamedRow]:
    try:
        for number, row in enumerate(json_items(path, name=name, api=COMTRADE_API_NAME, array_key="data"), start=1):
            cells = {key: json_cell_text(cell) for key, cell in row.items()}
            missing = [column for column in CURRENT_COLUMNS.values() if column not in cells]
            if missing:
                raise ValueError(f"row {number} lacks {', '.join(missing)}")  # noqa: TRY301 - one error for all
            yield number, cells
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise invalid_json(COMTRADE_API_NAME, name, str(error)) from error


def _parse_file(path: Path, catalog: Catalog, report: LoadReport, key: DatasetKey) -> Iterator[Record]:
    layout = _detect_layout(path, report)
    months = 12 if key[1] == "A" else 1

    def parse_row(line: int, cells: Cells) -> Record | None:
        is_breakdown = any(cells.get(column, "") not in {*totals, ""} for column, totals in BREAKDOWN_TOTALS.items())
        if is_breakdown or _dataset_key(cells, layout) != key:
            return None
        flow = cells[layout["flow"]]
        flow_key = lookup_key(FLOWS, LEGACY_FLOWS.get(flow, flow), dimension="flow", line=line, report=report)
        partner = lookup_key(catalog.areas, cells[layout["partner"]], dimension="partner", line=line, report=report)
        code = cells[layout["commodity"]]
        commodity = lookup_key(catalog.commodities, code, dimension="commodity", line=line, report=report)
        if flow_key is None or partner is None or commodity is None:
            return None
        unit = cells[layout["quantity_unit"]]
        has_unit = unit not in MISSING_UNITS
        return Record(
            flow=flow_key,
            partner_id=partner,
            commodity_id=commodity,
            period=first_month(cells[layout["period"]], months=months, column=layout["period"]),
            value=rounded_value(cells, layout["value"], line=line, report=report),
            quantity=optional_quantity(cells, layout["quantity"]) if has_unit else None,
            quantity_unit=unit if has_unit else None,
            net_weight_kg=optional_quantity(cells, layout["net_weight_kg"]),
            obs_status="A",
            line=line,
        )

    yield from parse_records(_read_rows(path, layout, report), report, parse_row=parse_row)
