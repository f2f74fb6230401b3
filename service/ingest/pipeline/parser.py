"""What a source module says of its files: the datasets in them, and the figures of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.errors import BadFile, Defect
from service.ingest.archive.archive import Archived, Beside
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import Good
from service.ingest.pipeline.load_report import Report
from service.ingest.staging.arrow_columns import in_columns
from service.ingest.validation.record import Record

Reader = Callable[[Path, Catalog, Report], Iterator[pa.RecordBatch]]
RowReader = Callable[[Path, Catalog, Report], Iterator[Record]]


@dataclass(frozen=True)
class Described:
    """One dataset that files hold figures of.

    `dataset` and `classification` are as in a mapping file, `goods` are commodities to be entered, `scheme` is
    the list that the files' codes of areas are of (null: canonical codes), and `read` yields a file's figures of
    this dataset, in columns.
    """

    dataset: dict[str, Any]
    read: Reader
    parser_version: str
    classification: Mapping[str, Any] = field(default_factory=dict)
    goods: Sequence[Good] = ()
    scheme: str | None = None


Describe = Callable[[Sequence[Archived]], Sequence[Described]]


@dataclass(frozen=True)
class Reading:
    """How the files of a load are read, and all that has to be kept so that they can be read again.

    `describe` tells the datasets in the files of one day. It is what `readings.reading_again` makes of the name of the
    source, of what it was told in `options`, and of the files in `beside`.
    """

    source: str
    describe: Describe
    options: Mapping[str, str] = field(default_factory=dict)
    beside: Sequence[Beside] = ()


def by_rows(read: RowReader) -> Reader:
    """Return a reader that gives the figures of one which reads row by row."""
    return lambda path, catalog, report: in_columns(read(path, catalog, report))


def figures_of(
    described: Described, files: Sequence[Archived], catalog: Catalog, reports: Sequence[Report]
) -> Iterator[pa.RecordBatch]:
    """Yield the figures of a dataset in all files, read from where they are kept: what is loaded is what is kept.

    :raises BadFile: something in them is wrong, which the file's report then holds, or they hold no figure.
    """
    any_figure = False
    for file, report in zip(files, reports, strict=True):
        for figures in described.read(file.path, catalog, report):
            any_figure = any_figure or figures.num_rows > 0
            yield figures
        report.refuse_defects()
    if not any_figure:
        left_out = [Defect(line) for report in reports for line in report.lines()]
        raise BadFile(", ".join(file.name for file in files), [Defect("holds no figure"), *left_out], total=1)
