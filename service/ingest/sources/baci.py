"""The parser of CEPII's BACI files, for one reporter: its exports are the rows that name it as exporter.

Its imports are the rows that name it as importer. Both are FOB values.

Columns t, i, j, k, v, q: year, exporter, importer, HS 6 digits, thousand dollars with three decimals, metric tons.
Leading zeros that codes have lost are restored. A zip archive of several years can be loaded as downloaded.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from service.domain.flows import FLOWS
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.catalog.reference_tables import HS_EDITION, hs_names
from service.ingest.formats.text_file import csv_rows
from service.ingest.formats.zip_reader import ZIP_MAGIC, zip_member_names
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, batch_parser
from service.ingest.sources.fixed_layout import (
    Cells,
    NamedRow,
    named_rows,
    optional_quantity,
    parse_records,
    rounded_value,
)
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record

PARSER_VERSION = "baci-2"
BACI_COLUMNS = ("t", "i", "j", "k", "v", "q")
EDITIONS = {"HS92": "H0", "HS96": "H1", "HS02": "H2", "HS07": "H3", "HS12": "H4", "HS17": "H5", "HS22": "H6"}
FIGURE_FILE_PATTERN = re.compile(r"BACI_HS[0-9]{2}_Y[0-9]{4}[^/]*\.csv$")
SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)
THOUSAND = 1000


def describe(files: Sequence[ArchivedFile], *, reporter: str) -> list[DatasetDescription]:
    """Describe the dataset of a reporter in the files; `reporter` is a UN Comtrade code.

    The edition of HS is read from the file names.

    :raises InvalidFile: a file name has no edition, the files are of several editions, or a file is damaged.
    """
    names = [member or file.name for file in files for member in _figure_members(file.path, file.name)]
    editions = {EDITIONS.get(match.group()) if (match := re.search(r"HS\d\d", name)) else None for name in names}
    if len(editions) != 1 or None in editions:
        rule = f"the file names must contain one edition, as in BACI_HS22_Y2023_V202501.csv; use {', '.join(EDITIONS)}"
        raise InvalidFile(files[0].name, [FileError(rule)])
    (edition,) = editions
    dataset = {
        "code": f"baci-{reporter}-a-{edition}".lower(),
        "title": f"BACI: reporter {reporter}, {edition}, annual",
        "source": "CEPII BACI",
        "reporter": reporter,
        "reporter_scheme": "comtrade",
        "frequency": "A",
        "classification": edition,
        "currency": "USD",
        "unit_exponent": 0,
        "export_valuation": "FOB",
        "import_valuation": "FOB",
        "trade_system": "general",
        "exhaustive": True,
        "attribution": "Source: BACI, CEPII, from UN Comtrade",
    }
    commodities = _commodities(files, reporter, edition)
    return [
        DatasetDescription(
            dataset, batch_parser(partial(_parse_file, reporter)), PARSER_VERSION, {}, commodities, "comtrade"
        )
    ]


def _commodities(files: Sequence[ArchivedFile], reporter: str, edition: str | None) -> list[CommodityDefinition]:
    """Return the commodities to insert; none for a loaded edition, so that codes of another edition are unknown."""
    codes: set[str] = set()
    for file in files:
        report = LoadReport(file.name)
        rows = _read_rows(file.path, report)
        codes |= {_hs_code(cells) for _, cells in rows if reporter in (cells["i"], cells["j"])}
        report.raise_if_invalid()
    if edition == HS_EDITION:
        return [TOTAL_COMMODITY]
    names = hs_names()
    parts = {code[:level] for code in codes if SIX_DIGITS.fullmatch(code) for level in (2, 4, 6)}
    return [
        TOTAL_COMMODITY,
        *(CommodityDefinition(p, p, names.get(p, p), len(p), p[:-2] or "TOTAL") for p in sorted(parts)),
    ]


def _hs_code(cells: Cells) -> str:
    return cells["k"].zfill(6)


def _figure_members(path: Path, name: str) -> list[str | None]:
    """Return the files of figures in a zip archive; one null for a file that is not an archive.

    :raises InvalidFile: the archive is damaged, or has no file of figures.
    """
    with path.open("rb") as file:
        if not file.read(len(ZIP_MAGIC)).startswith(ZIP_MAGIC):
            return [None]
    members: list[str | None] = [
        member for member in sorted(zip_member_names(path, name=name)) if FIGURE_FILE_PATTERN.search(member)
    ]
    if not members:
        raise InvalidFile(name, [FileError("is an archive without a file such as BACI_HS22_Y2023_V202501.csv")])
    return members


def _read_rows(path: Path, report: LoadReport) -> Iterator[NamedRow]:
    for member in _figure_members(path, report.file_name):
        rows = csv_rows(path, name=report.file_name, member=member)
        yield from named_rows(rows, report, required=BACI_COLUMNS)


def _parse_file(reporter: str, path: Path, catalog: Catalog, report: LoadReport) -> Iterator[Record]:
    def parse_row(line: int, cells: Cells) -> Record | None:
        if reporter not in (cells["i"], cells["j"]):
            return None
        flow, other = ("X", cells["j"]) if cells["i"] == reporter else ("M", cells["i"])
        partner = catalog.partner_key(other, column="j" if flow == "X" else "i")
        commodity = catalog.commodity_key(_hs_code(cells), column="k")
        year = first_month(cells["t"], months=12, column="t")
        value = rounded_value(cells, "v", line=line, report=report, multiplier=THOUSAND)
        weight = optional_quantity(cells, "q", multiplier=THOUSAND)
        return Record(FLOWS[flow], partner, commodity, year, value, None, None, weight, "A", line)

    yield from parse_records(_read_rows(path, report), report, parse_row=parse_row)
