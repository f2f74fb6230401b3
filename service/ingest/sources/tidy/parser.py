"""Any CSV, Parquet or XLSX file with one figure a row, read by a mapping."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from service.errors import FileError, InvalidFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import TidyMapping
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, Parser
from service.ingest.sources.tidy.column_parser import ColumnarBlock, parse_block
from service.ingest.sources.tidy.format_detection import file_parts
from service.ingest.sources.tidy.row_parser import RowParser
from service.ingest.staging.arrow_columns import record_batches

TIDY_SOURCE = "tidy"
PARSER_VERSION = "tidy-1"


def tidy_parser(mapping: TidyMapping) -> Parser:
    """Return how files are read by a mapping."""
    return Parser(TIDY_SOURCE, lambda _files: [describe(mapping)], supporting_files=mapping.files)


def describe(mapping: TidyMapping) -> DatasetDescription:
    """Return the dataset that a mapping describes."""
    return DatasetDescription(
        dataset=mapping.dataset,
        parse=lambda path, catalog, report: _parse_file(path, mapping, catalog, report),
        parser_version=PARSER_VERSION,
        classification=mapping.classification,
        commodities=mapping.commodities,
        area_scheme=mapping.partner_scheme,
    )


def _parse_file(path: Path, mapping: TidyMapping, catalog: Catalog, report: LoadReport) -> Iterator[pa.RecordBatch]:
    """Yield the figures of the file.

    Rows with a code that is unknown are left out and noted in the report; so are other defects, each of which
    makes the file one that cannot be loaded.

    :raises BadFile: the file is damaged, or its header is not the one that the mapping speaks of.
    """
    parts = file_parts(path, mapping, report)
    first = next(parts)
    assert not isinstance(first, ColumnarBlock)
    _, header = next(first)
    _check_header(report.file_name, header, mapping)
    reader = RowParser(mapping, catalog, header, report)
    for part in parts:
        yield from (
            parse_block(part, reader) if isinstance(part, ColumnarBlock) else record_batches(reader.parse_rows(part))
        )


def _check_header(file_name: str, header: list[str], mapping: TidyMapping) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [column for column in mapping.columns.values() if column not in header]
    if missing or twice:
        found = f"the header reads {', '.join(header)[:200]}"
        defects = [FileError(f"there is no column {column}; {found}", line=1) for column in missing]
        defects += [FileError(f"there are two columns {column}; {found}", line=1) for column in twice]
        raise InvalidFile(file_name, defects)
