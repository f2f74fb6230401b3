"""The demo: official figures of Japan and the United States in compact tables, loaded as the releases that have them.

The demo also has a trade measure and a survey, in TOML files like those of users.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.domain.flows import FLOWS
from service.ingest.annotations.indicators import load_indicators_file
from service.ingest.annotations.measures import load_measures_file
from service.ingest.archive.archive import ArchivedFile, file_sha256
from service.ingest.catalog.catalog import Catalog, prepare_catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, Parser, batch_parser, parse_files
from service.ingest.release.coverage import COMPLETE, SELECTION, Coverage
from service.ingest.release.load_session import open_load_session
from service.ingest.release.maintenance import analyze_and_vacuum
from service.ingest.release.publish import Publication, publish_release
from service.ingest.sources.japan_common import JAPAN_DATASET_FIELDS
from service.ingest.sources.us_census import NATIONAL_CHAPTER, US_DATASET_FIELDS
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record, parse_integer
from service.models import Dataset

DEMO_FOLDER = Path(__file__).parents[2] / "demo"
DEMO_SOURCE = "demo"
PARSER_VERSION = "demo-1"
FIGURES_FILE = "japan.csv"
"""The table with the figures of a release that names no other table."""
PRESS_FILE = "press.csv"
"""The table of a press release, which has a selection of the figures of its month."""
DEMO_DATASET = JAPAN_DATASET_FIELDS | {
    "code": "jpn-pc-m-demo",
    "title": "Japan: trade by principal commodity and country, monthly (demo: 20 partners, 29 commodities)",
    "classification": "JP-PC",
    "exhaustive": False,
}
US_DEMO_DATASET = US_DATASET_FIELDS | {
    "code": "usa-hs-m-demo",
    "title": "United States: trade by country, and imports by HS chapter, monthly (demo: 20 partners)",
    "classification": "H6",
    "exhaustive": False,
}
DATASETS = {dataset["code"]: dataset for dataset in (DEMO_DATASET, US_DEMO_DATASET)}
DEMO_CLASSIFICATION = {"name": "Japan's principal commodities, as Japan Customs names them", "family": "JP-PC"}


def load_demo(engine: Engine) -> int:
    """Load the demo into a database without other datasets; return the number of releases that were new."""
    with open_load_session(engine) as session:
        stored_codes = set(session.scalars(select(Dataset.code)))
        if stored_codes - set(DATASETS):
            return 0  # other datasets are loaded
        new_releases = [row for row in _read_rows(DEMO_FOLDER / "releases.csv") if row["dataset"] not in stored_codes]
        loaded = sum(_load_release(session, release) for release in new_releases)
        load_measures_file(session, DEMO_FOLDER / "measures.toml")
        load_indicators_file(session, DEMO_FOLDER / "indicators.toml")
        datasets = session.scalars(select(Dataset.id).where(Dataset.code.in_(DATASETS))).all()
        session.commit()
    if loaded:
        analyze_and_vacuum(engine, datasets)
    return loaded


def demo_parser(**options: str) -> Parser:
    """Return the parser of one release of the demo; `options` is the row of the release in demo/releases.csv."""

    def parse_records(path: Path, catalog: Catalog, _report: LoadReport) -> Iterator[Record]:
        return _parse_records(path, catalog, options)

    dataset = _dataset(options)
    is_japan = dataset is DEMO_DATASET
    description = DatasetDescription(
        dataset,
        batch_parser(parse_records),
        PARSER_VERSION,
        DEMO_CLASSIFICATION if is_japan else {},
        _commodities() if is_japan else [NATIONAL_CHAPTER],
        covers=_coverage(options),
    )
    return Parser(DEMO_SOURCE, lambda _files: [description], options=options)


def demo_figures_file(options: Mapping[str, str]) -> ArchivedFile:
    """Return the table with the figures of a release of the demo. The table is part of the package and is not archived.

    `options` is the row of the release in demo/releases.csv.
    """
    path = DEMO_FOLDER / options.get("file", FIGURES_FILE)
    return ArchivedFile(path.name, file_sha256(path), path.stat().st_size, path)


def _dataset(options: Mapping[str, str]) -> dict[str, Any]:
    return DATASETS[options.get("dataset", DEMO_DATASET["code"])]


def _coverage(options: Mapping[str, str]) -> Coverage:
    return SELECTION if options.get("file") == PRESS_FILE else COMPLETE


def _load_release(session: Session, options: dict[str, str]) -> bool:
    parser = demo_parser(**options)
    table = demo_figures_file(options)
    (description,) = parser.describe([table])
    dataset = description.dataset
    catalog = prepare_catalog(
        session, dataset, classification=description.classification, commodities=description.commodities
    )
    publication = Publication(
        dataset_id=catalog.dataset.id,
        published_on=date.fromisoformat(options["published_on"]),
        stage=options["stage"],
        file_name=f"{table.name}, column {options['period']}" if options["period"] else table.name,
        sha256=sha256(table.path.read_bytes() + options["period"].encode()).hexdigest(),
        parser_version=PARSER_VERSION,
        source=DEMO_SOURCE,
        source_dataset=dataset["code"],
        source_options=dict(parser.options),
        covers=description.covers,
    )
    figures = parse_files(description, [table], catalog, [LoadReport(table.name)])
    return publish_release(session, publication, figures) is not None


def _commodities() -> list[CommodityDefinition]:
    return [
        CommodityDefinition(
            source_label=row["code"], code=row["code"], name=row["name"], level=int(row["level"]), parent=row["parent"]
        )
        for row in _read_rows(DEMO_FOLDER / "commodities.csv")
    ]


def _parse_records(path: Path, catalog: Catalog, options: dict[str, str]) -> Iterator[Record]:
    """Yield the figures of the month of a release, or of all months where it names none."""
    for line, row in enumerate(_read_rows(path), start=2):
        months = [options["period"]] if options["period"] else [name for name in row if name[0].isdigit()]
        for month in months:
            if row[month]:
                yield Record(
                    flow=FLOWS[row["flow"]],
                    partner_id=catalog.areas[row["partner"]],
                    commodity_id=catalog.commodities[row["commodity"]],
                    period=first_month(month, months=1),
                    value=parse_integer(row[month]),
                    quantity=None,
                    quantity_unit=None,
                    net_weight_kg=None,
                    obs_status=options["obs_status"],
                    line=line,
                )


def _read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
