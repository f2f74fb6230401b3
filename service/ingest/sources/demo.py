"""The demo: official figures of Japan, loaded from a compact table as the releases in which they were published.

The demo also has a trade measure and a survey, in TOML files like those of users.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

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
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record, parse_integer
from service.models import Dataset

DEMO_FOLDER = Path(__file__).parents[2] / "demo"
DEMO_SOURCE = "demo"
PARSER_VERSION = "demo-1"
FIGURES_FILE = "japan.csv"
"""Default name of the table with the figures of a release."""
DEMO_DATASET = JAPAN_DATASET_FIELDS | {
    "code": "jpn-pc-m-demo",
    "title": "Japan: trade by principal commodity and country, monthly (demo: 20 partners, 29 commodities)",
    "classification": "JP-PC",
    "exhaustive": False,
}
DEMO_CLASSIFICATION = {"name": "Japan's principal commodities, as Japan Customs names them", "family": "JP-PC"}


def load_demo(engine: Engine) -> int:
    """Load the demo into a database without other datasets; return the number of releases that were loaded.

    Where the demo was loaded before, only its measures and indicators are loaded again.
    """
    with open_load_session(engine) as session:
        stored_codes = set(session.scalars(select(Dataset.code)))
        if stored_codes and DEMO_DATASET["code"] not in stored_codes:
            return 0  # other datasets are loaded
        loaded = (
            0
            if stored_codes
            else sum(_load_release(session, release) for release in _read_rows(DEMO_FOLDER / "releases.csv"))
        )
        load_measures_file(session, DEMO_FOLDER / "measures.toml")
        load_indicators_file(session, DEMO_FOLDER / "indicators.toml")
        demo = session.scalars(select(Dataset.id).where(Dataset.code == DEMO_DATASET["code"])).all()
        session.commit()
    if loaded:
        analyze_and_vacuum(engine, demo)
    return loaded


def demo_parser(**options: str) -> Parser:
    """Return the parser of one release of the demo; `options` is the row of the release in demo/releases.csv."""

    def parse_records(path: Path, catalog: Catalog, _report: LoadReport) -> Iterator[Record]:
        return _parse_records(path, catalog, options)

    description = DatasetDescription(
        DEMO_DATASET,
        batch_parser(parse_records),
        PARSER_VERSION,
        DEMO_CLASSIFICATION,
        _commodities(),
        covers=_coverage(options),
    )
    return Parser(DEMO_SOURCE, lambda _files: [description], options=options)


def demo_figures_file(options: Mapping[str, str]) -> ArchivedFile:
    """Return the table with the figures of a release of the demo. The table is part of the package and is not archived.

    `options` is the row of the release in demo/releases.csv.
    """
    path = DEMO_FOLDER / options.get("file", FIGURES_FILE)
    return ArchivedFile(path.name, file_sha256(path), path.stat().st_size, path)


def _coverage(options: Mapping[str, str]) -> Coverage:
    """Return the coverage of a release: a table of a press release has a selection of the figures of its month."""
    return COMPLETE if options.get("file", FIGURES_FILE) == FIGURES_FILE else SELECTION


def _load_release(session: Session, options: dict[str, str]) -> bool:
    parser = demo_parser(**options)
    table = demo_figures_file(options)
    (description,) = parser.describe([table])
    catalog = prepare_catalog(
        session, DEMO_DATASET, classification=DEMO_CLASSIFICATION, commodities=description.commodities
    )
    publication = Publication(
        dataset_id=catalog.dataset.id,
        published_on=date.fromisoformat(options["published_on"]),
        stage=options["stage"],
        file_name=f"{table.name}, column {options['period']}",
        sha256=sha256(table.path.read_bytes() + options["period"].encode()).hexdigest(),
        parser_version=PARSER_VERSION,
        source=DEMO_SOURCE,
        source_dataset=DEMO_DATASET["code"],
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
    period = first_month(options["period"], months=1)
    for line, row in enumerate(_read_rows(path), start=2):
        if row[options["period"]]:
            yield Record(
                flow=FLOWS[row["flow"]],
                partner_id=catalog.areas[row["partner"]],
                commodity_id=catalog.commodities[row["commodity"]],
                period=period,
                value=parse_integer(row[options["period"]]),
                quantity=None,
                quantity_unit=None,
                net_weight_kg=None,
                obs_status=options["obs_status"],
                line=line,
            )


def _read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
