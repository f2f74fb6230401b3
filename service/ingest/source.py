"""What a source module says of its files: the datasets in them, and the figures of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.ingest.catalog import Catalog
from service.ingest.columns import in_columns
from service.ingest.mapping import Good
from service.ingest.records import Record
from service.ingest.report import Report

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


def by_rows(read: RowReader) -> Reader:
    """Return a reader that gives the figures of one which reads row by row."""
    return lambda path, catalog, report: in_columns(read(path, catalog, report))
