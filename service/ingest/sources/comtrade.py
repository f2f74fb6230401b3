"""The parser of UN Comtrade's files: CSV of the current layout (47 columns) or the legacy one (35), and its API's JSON.

Rows of breakdowns by mode of transport, customs procedure or second partner are left out; only their totals are loaded.
Values are dollars converted from national currencies; their decimals are rounded half-even to whole dollars, and the
load reports how many were rounded and by how much. A quantity or weight of 0 means not available.
CSV files are UTF-8 if all their bytes are valid in it, else cp1252. Rows of the current layout have one comma too many
at the end. JSON with and without descriptions is accepted, and also the array of rows alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from service.domain.comtrade.cells import COMTRADE_SOURCE
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.catalog.reference_tables import HS_EDITION, hs_names
from service.ingest.catalog.unmapped_codes import LOST_ZERO_LENGTHS
from service.ingest.formats.json_stream import invalid_json, json_cell_text, json_items
from service.ingest.formats.text_file import csv_rows, detect_encoding, first_bytes
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, batch_parser
from service.ingest.release.coverage import SELECTION
from service.ingest.sources.comtrade_cells import encode_current_row, encode_legacy_row
from service.ingest.sources.comtrade_layouts import (
    BREAKDOWN_TOTALS,
    COLUMN_ALIASES,
    CURRENT_COLUMNS,
    LEGACY_COLUMNS,
    LEGACY_FLOWS,
    MISSING_UNITS,
    OTHER_FLOWS,
    QUANTITY_UNITS,
    Layout,
    required_columns,
)
from service.ingest.sources.fixed_layout import (
    Cells,
    NamedRow,
    flow_key,
    named_rows,
    optional_quantity,
    parse_records,
    rounded_value,
)
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import InvalidCell, Record

PARSER_VERSION = "comtrade-2"
COMTRADE_API_NAME = "UN Comtrade's API"
ENCODINGS = ("utf-8", "cp1252")
EDITION_PATTERN = re.compile(r"H[0-6]|S[1-4]|B[45]")
COMMODITY_PATTERN = re.compile(r"[0-9]{1,6}", re.ASCII)
UNSPECIFIED_PATTERN = re.compile(r"99(99(99|AA)?)?")
"""Codes that Comtrade adds to every edition of HS for commodities not specified according to kind."""

DatasetKey = tuple[str, str, str]


def describe(files: Sequence[ArchivedFile]) -> list[DatasetDescription]:
    """Describe the datasets in the files: one for each reporter, frequency and edition of a classification.

    :raises InvalidFile: a file is damaged or has another layout, or a frequency or edition is unknown.
    """
    commodities: dict[DatasetKey, dict[str, CommodityDefinition]] = {}
    for file in files:
        report = LoadReport(file.name)
        layout = _detect_layout(file.path, report)
        for line, cells in _read_rows(file.path, layout, report):
            key = _dataset_key(cells, layout)
            if _is_valid_dataset(key, line, layout, report):
                code = _restored_code(cells[layout["commodity"]], key)
                name = cells.get(layout["name"], "") or hs_names().get(code, code)
                commodities.setdefault(key, {}).setdefault(code, _commodity_definition(code, name))
        report.raise_if_invalid()
    return [
        _describe_dataset(key, _new_commodities(key, definitions.values()), _stored_names(key, definitions))
        for key, definitions in sorted(commodities.items())
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


def _stored_names(key: DatasetKey, commodities: Mapping[str, CommodityDefinition]) -> dict[str, str]:
    """Return the names of the commodities by code, as they are stored."""
    loaded_names = hs_names() if key[2] == HS_EDITION else {}
    return {code: loaded_names.get(code, commodity.name) for code, commodity in commodities.items()}


def _describe_dataset(
    key: DatasetKey, commodities: list[CommodityDefinition], names: Mapping[str, str]
) -> DatasetDescription:
    reporter, frequency, edition = key
    dataset = {
        "code": f"comtrade-{reporter}-{frequency}-{edition}".lower(),
        "title": f"UN Comtrade: reporter {reporter}, {edition}, {'annual' if frequency == 'A' else 'monthly'}",
        "source": COMTRADE_SOURCE,
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
        return _parse_file(path, catalog, report, key, names)

    return DatasetDescription(
        dataset,
        batch_parser(parse_records),
        PARSER_VERSION,
        classification,
        [TOTAL_COMMODITY, *commodities],
        "comtrade",
        covers=SELECTION,
    )


def _restored_code(code: str, key: DatasetKey) -> str:
    """Return an HS code with the leading zero that it may have lost."""
    lost_zero = key[2].startswith("H") and code.isdigit() and len(code) in LOST_ZERO_LENGTHS
    return f"0{code}" if lost_zero else code


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
    start = first_bytes(path, name=report.file_name)
    if start.startswith((b"{", b"[")):
        yield from _read_json_rows(path, report.file_name, array_key="data" if start.startswith(b"{") else None)
        return
    encoding = detect_encoding(path, name=report.file_name, encodings=ENCODINGS)
    is_current = layout is CURRENT_COLUMNS
    yield from named_rows(
        csv_rows(path, name=report.file_name, encoding=encoding),
        report,
        required=required_columns(layout),
        allow_trailing_comma=is_current,
        aliases=COLUMN_ALIASES if is_current else {},
    )


def _read_json_rows(path: Path, name: str, *, array_key: str | None) -> Iterator[NamedRow]:
    members: dict[str, Any] = {}
    number = 0
    try:
        rows = json_items(path, name=name, api=COMTRADE_API_NAME, array_key=array_key, members=members)
        for number, row in enumerate(rows, start=1):
            cells = {COLUMN_ALIASES.get(key.lower(), key): json_cell_text(cell) for key, cell in row.items()}
            missing = [column for column in required_columns(CURRENT_COLUMNS) if column not in cells]
            if missing:
                raise ValueError(f"row {number} lacks {', '.join(missing)}")  # noqa: TRY301 - one error for all
            yield number, cells
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise invalid_json(COMTRADE_API_NAME, name, str(error)) from error
    if members.get("count") not in (None, str(number)):
        rule = f"the response has {number} rows, but its count is {members['count']}: it was cut off"
        raise InvalidFile(name, [FileError(rule)])


def _source_cells(cells: Cells, record: Record, layout: Layout, key: DatasetKey, names: Mapping[str, str]) -> str:
    if layout is LEGACY_COLUMNS:
        return encode_legacy_row(cells)
    commodity = _restored_code(cells[layout["commodity"]], key)
    return encode_current_row(cells, record, commodity=commodity, edition=key[2], name=names.get(commodity))


def _parse_file(
    path: Path, catalog: Catalog, report: LoadReport, key: DatasetKey, names: Mapping[str, str]
) -> Iterator[Record]:
    layout = _detect_layout(path, report)
    months = 12 if key[1] == "A" else 1

    def parse_row(line: int, cells: Cells) -> Record | None:
        if _dataset_key(cells, layout) != key:
            return None
        if _is_breakdown(cells):
            report.breakdown_rows += 1
            return None
        flow = cells[layout["flow"]]
        if flow in OTHER_FLOWS:
            report.add_skipped_row(f"rows of flow {flow}, a part of another flow", line=line)
            return None
        partner = catalog.partner_key(
            cells[layout["partner"]], label=cells.get(layout["partner_name"], ""), column=layout["partner"]
        )
        commodity = catalog.commodity_key(
            cells[layout["commodity"]], label=cells.get(layout["name"], ""), column=layout["commodity"]
        )
        unit = _quantity_unit(cells, layout)
        record = Record(
            flow=flow_key(LEGACY_FLOWS.get(flow, flow), column=layout["flow"]),
            partner_id=partner,
            commodity_id=commodity,
            period=first_month(cells[layout["period"]], months=months, column=layout["period"]),
            value=rounded_value(cells, layout["value"], line=line, report=report),
            quantity=_available_quantity(cells, layout["quantity"]) if unit else None,
            quantity_unit=unit,
            net_weight_kg=_available_quantity(cells, layout["net_weight_kg"]),
            obs_status="A",
            line=line,
        )
        return record._replace(source_cells=_source_cells(cells, record, layout, key, names))

    yield from parse_records(_read_rows(path, layout, report), report, parse_row=parse_row)


def _is_breakdown(cells: Cells) -> bool:
    return any(cells.get(column, "") not in {*totals, ""} for column, totals in BREAKDOWN_TOTALS.items())


def _quantity_unit(cells: Cells, layout: Layout) -> str | None:
    """Return the unit of the quantity; null where there is none."""
    unit = cells.get(layout["quantity_unit"])
    if unit is None:
        code = cells.get(layout.get("quantity_unit_code", ""), "")
        unit = QUANTITY_UNITS.get(code, f"unit {code}" if code else "")
    return None if unit in MISSING_UNITS else unit


def _available_quantity(cells: Cells, column: str) -> Decimal | None:
    """Return a quantity; null for 0, which means not available."""
    return optional_quantity(cells, column) or None
