"""Loads files: each publication in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.catalog import Catalog, catalog_for
from service.ingest.files import sha256_of
from service.ingest.mapping import Mapping
from service.ingest.publish import Publication, in_one_transaction, publish_release, refresh_statistics
from service.ingest.records import Record
from service.ingest.report import Report
from service.ingest.sources.tidy import PARSER_VERSION, read_tidy


@dataclass(frozen=True)
class Loaded:
    """What became of the files of one publication; `release` is null where they were loaded before."""

    published_on: date
    files: tuple[Path, ...]
    release: str | None
    rows: int
    notes: tuple[str, ...]


def load_tidy(
    engine: Engine,
    paths: Sequence[Path],
    *,
    mapping: Mapping,
    published_on: date | None = None,
    stage: str | None = None,
    dry_run: bool = False,
    each: Callable[[Loaded], None] = lambda _loaded: None,
) -> None:
    """Load tidy files, those of one day as one release, the earliest day first; call `each` after every release.

    :raises BadFile: a file cannot be loaded; the releases before it stay, of its own nothing does.
    :raises LoadInProgress: another load of the dataset is running.
    """
    for day, files in sorted(_by_day(paths, mapping, published_on).items()):
        each(_load_day(engine, tuple(files), mapping, day=day, stage=stage or mapping.stage, dry_run=dry_run))
    refresh_statistics(engine)


def _by_day(paths: Sequence[Path], mapping: Mapping, published_on: date | None) -> dict[date, list[Path]]:
    days: dict[date, list[Path]] = defaultdict(list)
    for path in paths:
        day = published_on or mapping.published_on(path.name)
        if day is None:
            rule = "the name does not tell when it was published; say so by --published 2024-02-28"
            raise BadFile(path.name, [Defect(rule)])
        days[day].append(path)
    return days


def _load_day(
    engine: Engine, files: tuple[Path, ...], mapping: Mapping, *, day: date, stage: str, dry_run: bool
) -> Loaded:
    names = ", ".join(path.name for path in files)
    reports = [Report(path.name) for path in files]
    with in_one_transaction(engine) as session:
        catalog = _catalog(session, mapping)
        publication = Publication(
            dataset_id=catalog.dataset.id,
            published_on=day,
            stage=stage,
            file_name=names,
            sha256=sha256_of(files),
            parser_version=PARSER_VERSION,
        )
        release = publish_release(session, publication, _records(files, mapping, catalog, reports))
        loaded = Loaded(
            published_on=day,
            files=files,
            release=None if release is None else release.code,
            rows=0 if release is None else release.rows,
            notes=tuple(line for report in reports for line in report.lines()),
        )
        if not dry_run:
            session.commit()
    return loaded


def _catalog(session: Session, mapping: Mapping) -> Catalog:
    return catalog_for(
        session,
        mapping.dataset,
        classification=mapping.classification,
        goods=mapping.goods,
        scheme=mapping.partner_scheme,
    )


def _records(files: Sequence[Path], mapping: Mapping, catalog: Catalog, reports: Sequence[Report]) -> Iterator[Record]:
    for path, report in zip(files, reports, strict=True):
        yield from read_tidy(path, mapping, catalog, report)
        report.refuse_defects()
