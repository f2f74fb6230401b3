"""UN Comtrade: CSV of the new layout (47 columns) and of the legacy one (35), and the JSON of its API.

Of each figure's breakdowns only the total is kept: all modes of transport, customs procedures and second partners.
Values are dollars converted from national currencies; their decimals are rounded half-even to whole dollars.
CSV files are in cp1252, and rows of the new layout end in one comma too many.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from service.errors import BadFile, Defect
from service.ingest.catalog import TOTAL, Catalog
from service.ingest.files import csv_rows, whole_text
from service.ingest.mapping import Good
from service.ingest.periods import NotAPeriodError, first_month
from service.ingest.records import NotAFigureError, Record
from service.ingest.report import Report
from service.ingest.source import Described
from service.ingest.sources.figures import Cells, Line, by_name, figures, key_of, optional, whole_units
from service.models import FLOWS

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
NO_UNIT = {"", "N/A", "No Quantity"}
Layout = Mapping[str, str]
DatasetKey = tuple[str, str, str]


def describe(paths: Sequence[Path]) -> list[Described]:
    """Return a dataset for each reporter, frequency and edition in the files, with the goods that they name.

    :raises BadFile: a file is damaged, or of neither layout.
    """
    goods: dict[DatasetKey, dict[str, Good]] = {}
    for path in paths:
        layout = _layout(path)
        for _, cells in _lines(path, path.name, layout):
            code = cells[layout["commodity"]]
            goods.setdefault(_key(cells, layout), {}).setdefault(code, _good(code, cells[layout["name"]]))
    return [_dataset(key, list(found.values())) for key, found in sorted(goods.items())]


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

    return Described(dataset, read, PARSER_VERSION, classification, [TOTAL, *goods], "comtrade")


def _good(code: str, name: str) -> Good:
    if code == "TOTAL":
        return TOTAL
    parent = code[:-2] if code.isdigit() and len(code) > 2 else "TOTAL"
    return Good(code, code, name, len(code), parent)


def _key(cells: Cells, layout: Layout) -> DatasetKey:
    period = cells[layout["period"]]
    frequency = cells[layout["frequency"]] if "frequency" in layout else "A" if len(period) == len("2024") else "M"
    return cells[layout["reporter"]], frequency, cells[layout["edition"]]


def _layout(path: Path) -> Layout:
    with path.open("rb") as file:
        start = file.read(20).lstrip(b"\xef\xbb\xbf").lstrip()
    return LEGACY if start.startswith(b"Classification") else NEW


def _lines(path: Path, name: str, layout: Layout) -> Iterator[Line]:
    with path.open("rb") as file:
        is_json = file.read(1) == b"{"
    if is_json:
        yield from _json_lines(path, name)
        return
    rows = csv_rows(path, name=name, encoding="cp1252")
    yield from by_name(rows, file_name=name, required=list(layout.values()), extra_comma=layout is NEW)


def _json_lines(path: Path, name: str) -> Iterator[Line]:
    try:
        rows = json.loads(whole_text(path, name=name), parse_float=str, parse_int=str)["data"]
        for number, row in enumerate(rows, start=1):
            yield number, {key: "" if cell is None else str(cell) for key, cell in row.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFile(name, [Defect(f"the file is no JSON of UN Comtrade's API: {error}")]) from error


def _figures(path: Path, catalog: Catalog, report: Report, key: DatasetKey) -> Iterator[Record]:
    layout = _layout(path)
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
            period=_period(cells[layout["period"]], months),
            value=whole_units(cells[layout["value"]]),
            quantity=optional(cells[layout["quantity"]]) if has_unit else None,
            quantity_unit=unit if has_unit else None,
            net_weight_kg=optional(cells[layout["net_weight_kg"]]),
            obs_status="A",
            line=line,
        )

    yield from figures(_lines(path, report.file_name, layout), report, read=read)


def _period(text: str, months: int) -> int:
    try:
        return first_month(text, months=months)
    except NotAPeriodError as error:
        raise NotAFigureError(str(error)) from error
