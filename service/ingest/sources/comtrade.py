"""UN Comtrade: CSV of the new layout (47 columns) and of the legacy one (35), and the JSON of its API.

Of each figure's breakdowns only the total is kept: all modes of transport, customs procedures and second partners.
Values are dollars converted from national currencies; their decimals are rounded half-even to whole dollars,
and the load tells how many were, and by how much.
The new layout is in cp1252, with rows that end in one comma too many; the legacy one is in UTF-8.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from service.domain.flows import FLOWS
from service.ingest.archive.archive import Archived
from service.ingest.catalog.catalog import TOTAL, Catalog
from service.ingest.catalog.mapping_file import Good
from service.ingest.catalog.reference_tables import HS_EDITION, hs_names
from service.ingest.formats.json_stream import cell_of, json_items, not_of
from service.ingest.formats.text_file import csv_rows, first_bytes
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, by_rows
from service.ingest.sources.fixed_layout import Cells, Line, by_name, figures, key_of, optional, rounded
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import NotAFigureError, Record

PARSER_VERSION = "comtrade-1"
NEW = {
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
LEGACY = {
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
WHOLE = {
    "motCode": {"0"},
    "customsCode": {"C00"},
    "partner2Code": {"0"},
    "mosCode": {"0"},
    "2nd Partner Code": {"", "0"},
    "Customs Proc. Code": {"", "C00"},
    "Mode of Transport Code": {"", "0"},
}
"""The columns of breakdowns, and what they hold in the row that is not broken down."""

LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
API = "UN Comtrade's API"
ENCODINGS = {True: "cp1252", False: "utf-8"}
"""Of the new layout, and of the legacy one."""

EDITION = re.compile(r"H[0-6]|S[1-4]|B[45]")
GOOD = re.compile(r"[0-9]{1,6}", re.ASCII)
NOT_SPECIFIED = re.compile(r"99(99(99|AA)?)?")
"""Codes that Comtrade adds to every edition of the Harmonized System for goods of no stated kind."""

NO_UNIT = {"", "N/A", "No Quantity"}
Layout = Mapping[str, str]
DatasetKey = tuple[str, str, str]


def describe(files: Sequence[Archived]) -> list[Described]:
    """Return a dataset for each reporter, frequency and edition in the files, with the goods that they name.

    :raises BadFile: a file is damaged, or of neither layout.
    """
    goods: dict[DatasetKey, dict[str, Good]] = {}
    for file in files:
        report = Report(file.name)
        layout = _layout(file.path, report)
        for line, cells in _lines(file.path, layout, report):
            key = _key(cells, layout)
            if _is_dataset(key, line, layout, report):
                code = cells[layout["commodity"]]
                goods.setdefault(key, {}).setdefault(code, _good(code, cells[layout["name"]]))
        report.refuse_defects()
    return [_dataset(key, _to_be_entered(key, found.values())) for key, found in sorted(goods.items())]


def _is_dataset(key: DatasetKey, line: int, layout: Layout, report: Report) -> bool:
    """Return whether there can be such a dataset; note what is wrong where there cannot."""
    _, frequency, edition = key
    if frequency not in {"A", "M"}:
        report.no_figure(NotAFigureError("is no frequency: A or M", frequency, layout.get("frequency")), line=line)
    elif not EDITION.fullmatch(edition):
        rule = "is no edition of a classification, as H0 to H6, S1 to S4, B4 and B5 are"
        report.no_figure(NotAFigureError(rule, edition, layout["edition"]), line=line)
    else:
        return True
    return False


def _to_be_entered(key: DatasetKey, goods: Iterable[Good]) -> list[Good]:
    """Return the goods whose codes can be of the edition; of one that is held, none but those of no kind of goods."""
    held = hs_names() if key[2] == HS_EDITION else None
    return [
        good
        for good in goods
        if NOT_SPECIFIED.fullmatch(good.code) or (held is None and GOOD.fullmatch(good.code)) or good is TOTAL
    ]


def _dataset(key: DatasetKey, goods: list[Good]) -> Described:
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

    def read(path: Path, catalog: Catalog, report: Report) -> Iterator[Record]:
        return _figures(path, catalog, report, key)

    return Described(dataset, by_rows(read), PARSER_VERSION, classification, [TOTAL, *goods], "comtrade")


def _good(code: str, name: str) -> Good:
    if code == "TOTAL":
        return TOTAL
    parent = code[:-2] if code.isdigit() and len(code) > 2 else "TOTAL"
    return Good(code, code, name, len(code), parent)


def _key(cells: Cells, layout: Layout) -> DatasetKey:
    period = cells[layout["period"]]
    frequency = cells[layout["frequency"]] if "frequency" in layout else "A" if len(period) == len("2024") else "M"
    return cells[layout["reporter"]], frequency, cells[layout["edition"]]


def _layout(path: Path, report: Report) -> Layout:
    return LEGACY if first_bytes(path, name=report.file_name).startswith(b"Classification") else NEW


def _lines(path: Path, layout: Layout, report: Report) -> Iterator[Line]:
    if first_bytes(path, name=report.file_name).startswith(b"{"):
        yield from _json_lines(path, report.file_name)
        return
    rows = csv_rows(path, name=report.file_name, encoding=ENCODINGS[layout is NEW])
    yield from by_name(rows, report, required=list(layout.values()), extra_comma=layout is NEW)


def _json_lines(path: Path, name: str) -> Iterator[Line]:
    try:
        for number, row in enumerate(json_items(path, name=name, api=API, under="data"), start=1):
            cells = {key: cell_of(cell) for key, cell in row.items()}
            missing = [column for column in NEW.values() if column not in cells]
            if missing:
                raise ValueError(f"row {number} lacks {', '.join(missing)}")  # noqa: TRY301 - one error for all
            yield number, cells
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise not_of(API, name, str(error)) from error


def _figures(path: Path, catalog: Catalog, report: Report, key: DatasetKey) -> Iterator[Record]:
    layout = _layout(path, report)
    months = 12 if key[1] == "A" else 1

    def read(line: int, cells: Cells) -> Record | None:
        broken_down = any(cells.get(column, "") not in {*whole, ""} for column, whole in WHOLE.items())
        if broken_down or _key(cells, layout) != key:
            return None
        flow = cells[layout["flow"]]
        flow_key = key_of(FLOWS, LEGACY_FLOWS.get(flow, flow), meaning="flow", line=line, report=report)
        partner = key_of(catalog.areas, cells[layout["partner"]], meaning="partner", line=line, report=report)
        good = cells[layout["commodity"]]
        commodity = key_of(catalog.commodities, good, meaning="commodity", line=line, report=report)
        if flow_key is None or partner is None or commodity is None:
            return None
        unit = cells[layout["quantity_unit"]]
        has_unit = unit not in NO_UNIT
        return Record(
            flow=flow_key,
            partner_id=partner,
            commodity_id=commodity,
            period=first_month(cells[layout["period"]], months=months, column=layout["period"]),
            value=rounded(cells, layout["value"], line=line, report=report),
            quantity=optional(cells, layout["quantity"]) if has_unit else None,
            quantity_unit=unit if has_unit else None,
            net_weight_kg=optional(cells, layout["net_weight_kg"]),
            obs_status="A",
            line=line,
        )

    yield from figures(_lines(path, layout, report), report, read=read)
