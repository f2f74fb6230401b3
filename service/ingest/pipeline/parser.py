"""What a source module says of its files: the datasets in them, and the figures of each."""

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
from service.ingest.staging.arrow_columns import record_batches
from service.ingest.validation.record import Record

BatchParser = Callable[[Path, Catalog, LoadReport], Iterator[pa.RecordBatch]]
RecordParser = Callable[[Path, Catalog, LoadReport], Iterator[Record]]


@dataclass(frozen=True)
class DatasetDescription:
    """One dataset that files hold figures of.

    `dataset` and `classification` are as in a mapping file, `goods` are commodities to be entered, `scheme` is
    the list that the files' codes of areas are of (null: canonical codes), and `read` yields a file's figures of
    this dataset, in columns.
    """

    dataset: dict[str, Any]
    parse: BatchParser
    parser_version: str
    classification: Mapping[str, Any] = field(default_factory=dict)
    commodities: Sequence[CommodityDefinition] = ()
    area_scheme: str | None = None


DatasetDescriber = Callable[[Sequence[ArchivedFile]], Sequence[DatasetDescription]]


@dataclass(frozen=True)
class Parser:
    """How the files of a load are read, and all that has to be kept so that they can be read again.

    `describe` tells the datasets in the files of one day. It is what `readings.reading_again` makes of the name of the
    source, of what it was told in `options`, and of the files in `beside`.
    """

    source: str
    describe: DatasetDescriber
    options: Mapping[str, str] = field(default_factory=dict)
    supporting_files: Sequence[SupportingFile] = ()


def batch_parser(parse_records: RecordParser) -> BatchParser:
    """Return a reader that gives the figures of one which reads row by row."""
    return lambda path, catalog, report: record_batches(parse_records(path, catalog, report))


def parse_files(
    description: DatasetDescription, files: Sequence[ArchivedFile], catalog: Catalog, reports: Sequence[LoadReport]
) -> Iterator[pa.RecordBatch]:
    """Yield the figures of a dataset in all files, read from where they are kept: what is loaded is what is kept.

    :raises BadFile: something in them is wrong, which the file's report then holds, or they hold no figure.
    """
    any_figure = False
    for file, report in zip(files, reports, strict=True):
        for figures in description.parse(file.path, catalog, report):
            any_figure = any_figure or figures.num_rows > 0
            yield figures
        report.raise_if_invalid()
    if not any_figure:
        left_out = [FileError(line) for report in reports for line in report.warnings()]
        raise InvalidFile(
            ", ".join(file.name for file in files), [FileError("holds no figure"), *left_out], error_count=1
        )
