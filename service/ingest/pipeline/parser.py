"""The interface of a source module: the datasets in its files, and the parser of each."""

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
    """One dataset that files have figures of.

    `dataset` and `classification` have the keys of a mapping file. `commodities` are entered into the classification.
    `area_scheme` is the code list of the partner codes (null: canonical codes). `parse` yields the figures of a file as
    record batches. `covers` is `selection` where the files have only what a user chose.
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
    """The parser of the files of a load, with everything that is archived to parse them again.

    `describe` returns the datasets in the files of one date. `parser_registry.parser_for_release` rebuilds the parser
    from `source`, `options` and `supporting_files`.
    """

    source: str
    describe: DatasetDescriber
    options: Mapping[str, str] = field(default_factory=dict)
    supporting_files: Sequence[SupportingFile] = ()


def batch_parser(parse_records: RecordParser) -> BatchParser:
    """Return a parser of record batches that wraps a parser of single records."""
    return lambda path, catalog, report: record_batches(parse_records(path, catalog, report))


def parse_files(
    description: DatasetDescription, files: Sequence[ArchivedFile], catalog: Catalog, reports: Sequence[LoadReport]
) -> Iterator[pa.RecordBatch]:
    """Yield the figures of a dataset in all files, read from the archive: the archived bytes are the loaded bytes.

    :raises InvalidFile: a file has an error, which is in its report, or the files have no figure.
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
