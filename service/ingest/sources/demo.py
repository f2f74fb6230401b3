"""The demo: official figures of Japan in a compact table, loaded as the releases in which they appeared.

Beside them stand a trade measure and a survey, in files as users load their own.
"""

import csv
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.domain.flows import FLOWS
from service.ingest.annotations.indicators import load_indicators
from service.ingest.annotations.measures import load_measures
from service.ingest.archive.archive import Archived, sha256_of
from service.ingest.catalog.catalog import Catalog, catalog_for
from service.ingest.catalog.mapping_file import Good
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, Reading, by_rows, figures_of
from service.ingest.release.maintenance import keep_up
from service.ingest.release.publish import Publication, in_one_transaction, publish_release
from service.ingest.sources.japan_common import JAPAN
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record, whole_from
from service.models import Dataset

FOLDER = Path(__file__).parents[2] / "demo"
SOURCE = "demo"
PARSER_VERSION = "demo-1"
FIGURES = FOLDER / "japan.csv"
DATASET = JAPAN | {
    "code": "jpn-pc-m-demo",
    "title": "Japan: trade by principal commodity and country, monthly (demo: 20 partners, 29 commodities)",
    "classification": "JP-PC",
    "exhaustive": False,
}
CLASSIFICATION = {"name": "Japan's principal commodities, as Japan Customs names them", "family": "JP-PC"}


def load_demo(engine: Engine) -> int:
    """Load what of the demo is not there yet, into a service that holds nothing else; return how many releases."""
    with in_one_transaction(engine) as session:
        held = set(session.scalars(select(Dataset.code)))
        if held and DATASET["code"] not in held:
            return 0  # the demo is for a service that is empty
        loaded = 0 if held else sum(_load(session, release) for release in _rows(FOLDER / "releases.csv"))
        load_measures(session, FOLDER / "measures.toml")
        load_indicators(session, FOLDER / "indicators.toml")
        demo = session.scalars(select(Dataset.id).where(Dataset.code == DATASET["code"])).all()
        session.commit()
    if loaded:
        keep_up(engine, demo)
    return loaded


def reading_of(**described: str) -> Reading:
    """Return how a release of the demo is read, which is described as in the table of its releases."""

    def figures(path: Path, catalog: Catalog, _report: Report) -> Iterator[Record]:
        return _records(path, catalog, described)

    read = Described(DATASET, by_rows(figures), PARSER_VERSION, CLASSIFICATION, _goods())
    return Reading(SOURCE, lambda _files: [read], options=described)


def table_of_the_demo() -> Archived:
    """Return the table that holds the figures of all releases; it comes with the program, and is not archived."""
    return Archived(FIGURES.name, sha256_of(FIGURES), FIGURES.stat().st_size, FIGURES)


def _load(session: Session, described: dict[str, str]) -> bool:
    reading = reading_of(**described)
    table = table_of_the_demo()
    (read,) = reading.describe([table])
    catalog = catalog_for(session, DATASET, classification=CLASSIFICATION, goods=read.goods)
    publication = Publication(
        dataset_id=catalog.dataset.id,
        published_on=date.fromisoformat(described["published_on"]),
        stage=described["stage"],
        file_name=f"{table.name}, column {described['period']}",
        sha256=sha256(FIGURES.read_bytes() + described["period"].encode()).hexdigest(),
        parser_version=PARSER_VERSION,
        source=SOURCE,
        source_dataset=DATASET["code"],
        source_options=dict(reading.options),
    )
    figures = figures_of(read, [table], catalog, [Report(table.name)])
    return publish_release(session, publication, figures) is not None


def _goods() -> list[Good]:
    return [
        Good(word=row["code"], code=row["code"], name=row["name"], level=int(row["level"]), parent=row["parent"])
        for row in _rows(FOLDER / "commodities.csv")
    ]


def _records(path: Path, catalog: Catalog, described: dict[str, str]) -> Iterator[Record]:
    period = first_month(described["period"], months=1)
    for line, row in enumerate(_rows(path), start=2):
        if row[described["period"]]:
            yield Record(
                flow=FLOWS[row["flow"]],
                partner_id=catalog.areas[row["partner"]],
                commodity_id=catalog.commodities[row["commodity"]],
                period=period,
                value=whole_from(row[described["period"]]),
                quantity=None,
                quantity_unit=None,
                net_weight_kg=None,
                obs_status=described["obs_status"],
                line=line,
            )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
