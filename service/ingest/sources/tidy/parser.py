"""The parser of tidy files: CSV, Parquet or XLSX with one figure per row, described by a mapping."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from service.errors import FileError, InvalidFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import TidyMapping
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.pipeline.parser import DatasetDescription, Parser
from service.ingest.release.coverage import COMPLETE, SELECTION
from service.ingest.sources.tidy.column_parser import ColumnarBlock, parse_block
from service.ingest.sources.tidy.format_detection import file_parts
from service.ingest.sources.tidy.row_parser import RowParser
from service.ingest.staging.arrow_columns import record_batches

TIDY_SOURCE = "tidy"
PARSER_VERSION = "tidy-1"
LIKELY_DELIMITERS = (",", ";", "\t", "|")


def tidy_parser(mapping: TidyMapping) -> Parser:
    """Return the parser of the tidy files that a mapping describes."""
    return Parser(TIDY_SOURCE, lambda _files: [describe(mapping)], supporting_files=mapping.files)


def describe(mapping: TidyMapping) -> DatasetDescription:
    """Describe the dataset of a mapping."""
    return DatasetDescription(
        dataset=mapping.dataset,
        parse=lambda path, catalog, report: _parse_file(path, mapping, catalog, report),
        parser_version=PARSER_VERSION,
        classification=mapping.classification,
        commodities=mapping.commodities,
        area_scheme=None if mapping.partner_scheme == "iso3" else mapping.partner_scheme,
        covers=SELECTION if mapping.covers == SELECTION else COMPLETE,
    )


def _parse_file(path: Path, mapping: TidyMapping, catalog: Catalog, report: LoadReport) -> Iterator[pa.RecordBatch]:
    """Yield the figures of the file.

    :raises InvalidFile: the file is damaged, or its header does not fit the mapping.
    """
    parts = file_parts(path, mapping, report)
    header_part = next(parts)
    assert not isinstance(header_part, ColumnarBlock)
    _, header = next(header_part)
    _check_header(report.file_name, header, mapping)
    row_parser = RowParser(mapping, catalog, header, report)
    for part in parts:
        yield from (
            parse_block(part, row_parser)
            if isinstance(part, ColumnarBlock)
            else record_batches(row_parser.parse_rows(part))
        )


def _likely_delimiter(text: str) -> str | None:
    """Return the character that separates the cells of a header, if it is another one than the mapping has."""
    delimiter = max(LIKELY_DELIMITERS, key=text.count)
    return delimiter if delimiter in text else None


def _check_header(file_name: str, header: list[str], mapping: TidyMapping) -> None:
    repeated = sorted({name for name in header if header.count(name) > 1})
    missing = [column for column in mapping.columns.values() if column not in header]
    if missing and len(header) == 1 and (delimiter := _likely_delimiter(header[0])):
        rule = f"the cells seem to be separated by {delimiter!r}; set delimiter under [file] of the mapping"
        raise InvalidFile(file_name, [FileError(rule, line=1, value=header[0])])
    if missing or repeated:
        header_text = f"the header reads {', '.join(header)[:200]}"
        errors = [FileError(f"there is no column {column}; {header_text}", line=1) for column in missing]
        errors += [FileError(f"there are two columns {column}; {header_text}", line=1) for column in repeated]
        raise InvalidFile(file_name, errors)
