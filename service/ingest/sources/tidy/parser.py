"""Any CSV, Parquet or XLSX file with one figure a row, read by a mapping."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from service.errors import BadFile, Defect
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import Mapping
from service.ingest.pipeline.load_report import Report
from service.ingest.pipeline.parser import Described, Reading
from service.ingest.sources.tidy.column_parser import InColumns, read_block
from service.ingest.sources.tidy.format_detection import parts_of
from service.ingest.sources.tidy.row_parser import RowReader
from service.ingest.staging.arrow_columns import in_columns

SOURCE = "tidy"
PARSER_VERSION = "tidy-1"


def reading_by(mapping: Mapping) -> Reading:
    """Return how files are read by a mapping."""
    return Reading(SOURCE, lambda _files: [describe(mapping)], beside=mapping.files)


def describe(mapping: Mapping) -> Described:
    """Return the dataset that a mapping describes."""
    return Described(
        dataset=mapping.dataset,
        read=lambda path, catalog, report: _figures(path, mapping, catalog, report),
        parser_version=PARSER_VERSION,
        classification=mapping.classification,
        goods=mapping.goods,
        scheme=mapping.partner_scheme,
    )


def _figures(path: Path, mapping: Mapping, catalog: Catalog, report: Report) -> Iterator[pa.RecordBatch]:
    """Yield the figures of the file.

    Rows with a code that is unknown are left out and noted in the report; so are other defects, each of which
    makes the file one that cannot be loaded.

    :raises BadFile: the file is damaged, or its header is not the one that the mapping speaks of.
    """
    parts = parts_of(path, mapping, report)
    first = next(parts)
    assert not isinstance(first, InColumns)
    _, header = next(first)
    _refuse_other_header(report.file_name, header, mapping)
    reader = RowReader(mapping, catalog, header, report)
    for part in parts:
        yield from read_block(part, reader) if isinstance(part, InColumns) else in_columns(reader.records(part))


def _refuse_other_header(file_name: str, header: list[str], mapping: Mapping) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [column for column in mapping.columns.values() if column not in header]
    if missing or twice:
        found = f"the header reads {', '.join(header)[:200]}"
        defects = [Defect(f"there is no column {column}; {found}", line=1) for column in missing]
        defects += [Defect(f"there are two columns {column}; {found}", line=1) for column in twice]
        raise BadFile(file_name, defects)
