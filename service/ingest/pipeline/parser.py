"""The interface of the modules in ingest/sources/: descriptions of the datasets in files, with their parsers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import ArchivedFile, SupportingFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.release.coverage import COMPLETE, Coverage
from service.ingest.staging.arrow_columns import record_batches
from service.ingest.validation.bounds import ParseBudget
from service.ingest.validation.record import Record

BatchParser = Callable[[Path, Catalog, LoadReport], Iterator[pa.RecordBatch]]
RecordParser = Callable[[Path, Catalog, LoadReport], Iterator[Record]]


@dataclass(frozen=True)
class DatasetDescription:
    """The description of one dataset in files, with the parser of its figures.

    `dataset` and `classification` have the keys of the tables [dataset] and [classification] of a mapping file.
    `parse` yields the figures of one file as record batches. `commodities` are inserted into the classification.
    `area_scheme` is the code list of the partner codes; null means canonical codes. `covers` is `complete` where the
    files have every figure of their periods, and `selection` where they have only the series that a user selected.
    """

    dataset: dict[str, Any]
    parse: BatchParser
    parser_version: str
    classification: Mapping[str, Any] = field(default_factory=dict)
    commodities: Sequence[CommodityDefinition] = ()
    area_scheme: str | None = None
    covers: Coverage = COMPLETE


DatasetDescriber = Callable[[Sequence[ArchivedFile]], Sequence[DatasetDescription]]


@dataclass(frozen=True)
class Parser:
    """The parser of the files of one source.

    `describe` returns descriptions of the datasets in the files of one date. `source`, `options` and
    `supporting_files` are stored with a release, so that `parser_registry.parser_for_release` can rebuild the parser.
    """

    source: str
    describe: DatasetDescriber
    options: Mapping[str, str] = field(default_factory=dict)
    supporting_files: Sequence[SupportingFile] = ()


def batch_parser(parse_records: RecordParser) -> BatchParser:
    """Convert a parser that yields single records to one that yields record batches."""
    return lambda path, catalog, report: record_batches(parse_records(path, catalog, report))


def parse_files(
    description: DatasetDescription, files: Sequence[ArchivedFile], catalog: Catalog, reports: Sequence[LoadReport]
) -> Iterator[pa.RecordBatch]:
    """Yield the figures of one dataset in all files. The files are read from the archive.

    `reports` has one report for each file, which receives its errors.

    :raises InvalidFile: a file has an error, or the files have no figures of the dataset.
    """
    any_figure = False
    for file, report in zip(files, reports, strict=True):
        budget = ParseBudget(file.name)
        for figures in description.parse(file.path, catalog, report):
            budget.use(figures.num_rows)
            any_figure = any_figure or figures.num_rows > 0
            yield figures
        report.raise_if_invalid()
    if not any_figure:
        raise InvalidFile(
            ", ".join(file.name for file in files),
            [FileError(_no_figure_rule(reports)), *(FileError(line) for each in reports for line in each.warnings())],
            error_count=1,
        )


def _no_figure_rule(reports: Sequence[LoadReport]) -> str:
    breakdown_rows = sum(report.breakdown_rows for report in reports)
    if not breakdown_rows:
        return "has no figure"
    return f"has no figure: all {breakdown_rows} rows are parts of a breakdown, and none is its total"
