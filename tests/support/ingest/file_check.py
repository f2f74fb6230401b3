"""Parsing and validation of a file without a database, as the load command does before publication."""

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from service.errors import InvalidFile
from service.ingest.archive.archive import ArchivedFile
from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.catalog.reference_tables import REFERENCE_FOLDER, hs_names
from service.ingest.catalog.unmapped_codes import UnmappedCodes
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import parse_files
from service.ingest.pipeline.parser_registry import baci_parser, fixed_layout_parser
from service.ingest.release.aggregates import build_totals
from service.ingest.release.release_builder import ReleaseBuilder, collect_figures
from service.ingest.sources.tidy.parser import tidy_parser
from service.ingest.staging.spill_file import open_spill_file
from service.models import Dataset

EXIT_BAD_FILE = 65


@dataclass(frozen=True)
class FileCheck:
    """The outcome of a check as the command reports it: status, lines, and the number of figures."""

    status: int
    lines: list[str]
    figure_count: int = 0
    unmapped: list[tuple[str, str]] = field(default_factory=list)


def check_file(layout, raw, *, folder, name=None, published="2024-03-28", unmapped_policy="keep"):
    """Parse bytes as a file of the layout, compute totals, and return the outcome."""
    path = Path(folder) / (name or layout.name)
    path.write_bytes(raw)
    file = ArchivedFile(path.name, sha256(raw).hexdigest(), len(raw), path)
    reports, unmapped = [], []
    try:
        datasets = _parser(layout, folder).describe([file])
        if not datasets:
            return FileCheck(EXIT_BAD_FILE, [f"tradeflows: {file.name}: 1 defect", "  has no figure"])
        count = sum(_check_dataset(each, file, published, reports, unmapped, unmapped_policy) for each in datasets)
    except InvalidFile as error:
        lines = [f"tradeflows: {error}", *(f"  {each}" for each in error.file_errors)]
        return FileCheck(EXIT_BAD_FILE, lines)
    return FileCheck(0, [line for report in reports for line in report.warnings()], count, unmapped)


def _parser(layout, folder):
    source, *options = layout.command
    if source == "tidy":
        return tidy_parser(read_mapping(Path(folder) / "mapping.toml"))
    return baci_parser(options[1]) if source == "baci" else fixed_layout_parser(source)


def _check_dataset(description, file, published, reports, unmapped, policy):
    catalog, totals = _catalog(description, policy)
    report = LoadReport(file.name)
    reports.append(report)
    with open_spill_file() as figures:
        batches = parse_files(description, [file], catalog, [report])
        collect_figures(figures, batches, file_name=file.name, published_on=date.fromisoformat(published))
        codes = [*catalog.unmapped.partners.values(), *catalog.unmapped.commodities.values()]
        unmapped += [(code.code, code.label) for code in codes]
        if not codes:  # the database gives unmapped codes their places in the totals
            for _ in ReleaseBuilder(figures, file.name, totals).csv_chunks():
                pass
        return figures.row_count


def _catalog(description, policy):
    """Return the catalog of a dataset as the database would provide it, and its totals; null where it has none."""
    fields = description.dataset
    columns = ("code", "frequency", "exhaustive", "unit_exponent")
    hs_codes = hs_names() if fields["classification"] == "H6" else ()
    levels = {code: (len(code), code[:-2] if len(code) > 2 else "TOTAL") for code in hs_codes}
    is_hs = bool(hs_codes) or description.classification.get("family") == "HS"
    levels |= {each.code: (each.level, each.parent) for each in (TOTAL_COMMODITY, *description.commodities)}
    keys = {code: key for key, code in enumerate(levels, start=1)}
    hierarchy = [(keys[code], level, keys.get(parent)) for code, (level, parent) in levels.items()]
    areas = _areas()
    catalog = Catalog(
        dataset=Dataset(**{name: fields[name] for name in columns}),
        areas={code: areas[area][0] for code, area in _area_codes(description.area_scheme).items()},
        commodities=keys,
        world_id=areas["WLD"][0],
        family="HS" if is_hs else "",
        scheme=description.area_scheme,
        unmapped=UnmappedCodes(policy),
    )
    return catalog, build_totals(hierarchy, areas.values()) if fields["exhaustive"] else None


@cache
def _areas():
    return {row["code"]: (key, row["kind"]) for key, row in enumerate(_reference_rows("areas.csv"), start=1)}


def _area_codes(scheme):
    if scheme is None:
        return {code: code for code in _areas()}
    if scheme in {"iso2", "m49"}:
        return {row[scheme]: row["code"] for row in _reference_rows("areas.csv") if row[scheme]}
    return {row["code"]: row["area"] for row in _reference_rows("area_codes.csv") if row["scheme"] == scheme}


@cache
def _reference_rows(name):
    with (REFERENCE_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
