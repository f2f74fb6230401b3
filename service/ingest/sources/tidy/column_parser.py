"""The column parser of tidy files, which is fast: it looks up each label of a block once and parses numbers by column.

It parses only rows that are plainly valid. Rows with anything else, such as an unknown code, a negative number, blanks
or a missing value, go to the row parser, which also reports their errors.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.formats.csv_blocks import CsvBlock
from service.ingest.formats.parquet_reader import ParquetBatch
from service.ingest.sources.tidy.row_parser import NULL_VALUE_STATUSES, RowParser
from service.ingest.staging.arrow_columns import (
    FIGURE_SCHEMA,
    QUANTITY_TYPE,
    STATUSES_WEAKEST_FIRST,
    numpy_array,
    record_batches,
)
from service.ingest.validation.record import InvalidCell

NEEDS_ROW_PARSER = -1
MAX_INTEGER_DIGITS = 16
_PLAIN_DECIMAL = r"^[0-9]{1,16}(\.[0-9]{1,18})?$"
_NUMERIC_FIELDS = {"value", "quantity", "net_weight_kg"}
NumpyArray = np.ndarray[Any, Any]


ColumnarBlock = CsvBlock | ParquetBatch
"""A block of rows whose cells can be read by column."""


def parse_block(block: ColumnarBlock, row_parser: RowParser) -> Iterator[pa.RecordBatch]:
    """Yield the figures of a block of rows; `row_parser` parses the rows that are not plainly valid."""
    column_indexes = row_parser.column_indexes
    dictionary_indexes = [
        column_index for field_name, column_index in column_indexes.items() if field_name not in _NUMERIC_FIELDS
    ]
    cells = block.columns(
        column_indexes.values(), column_count=len(row_parser.header), dictionary_indexes=dictionary_indexes
    )
    if cells is None:
        yield from record_batches(row_parser.parse_rows(block.rows()))
        return
    figures, is_valid = _parse_columns(
        {field_name: cells[column_index] for field_name, column_index in column_indexes.items()},
        row_parser,
        block.first_line,
    )
    if is_valid.all():
        yield figures
        return
    if is_valid.any():
        yield figures.filter(pa.array(is_valid))
    yield from record_batches(row_parser.parse_rows(block.rows(np.flatnonzero(~is_valid).tolist())))


def _parse_columns(
    cells: dict[str, pa.Array], row_parser: RowParser, first_line: int
) -> tuple[pa.RecordBatch, NumpyArray]:
    """Return the figures of all rows, and a mask of the valid ones; the row parser takes the others."""
    rows = len(cells["value"])
    keys_by_field = {
        "flow": _lookup_keys(cells["flow"], row_parser.keys_by_label["flow"].get),
        "partner_id": _lookup_keys(cells["partner"], row_parser.keys_by_label["partner"].get),
        "commodity_id": _lookup_keys(cells["commodity"], row_parser.keys_by_label["commodity"].get),
        "period": _lookup_keys(cells["period"], row_parser.parse_period),
        "obs_status": _status_indexes(cells.get("obs_status"), row_parser, rows),
    }
    is_valid = np.logical_and.reduce([keys != NEEDS_ROW_PARSER for keys in keys_by_field.values()])
    values, whole = _parse_integers(cells["value"])
    columns = {name: pa.array(keys) for name, keys in keys_by_field.items()} | {"value": values}
    if not row_parser.numbers.is_plain:
        is_valid[:] = False  # only the row parser knows other formats of numbers
    columns["line"] = pa.array(np.arange(first_line, first_line + rows))
    is_valid &= whole
    for name in ("quantity", "net_weight_kg"):
        if name in cells:
            columns[name], plain = _parse_decimals(cells[name])
            is_valid &= plain
    if "quantity_unit" in cells:
        columns["quantity_unit"] = _parse_units(cells["quantity_unit"])
    arrays = [pc.cast(columns.get(field.name, pa.nulls(rows)), field.type) for field in FIGURE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=FIGURE_SCHEMA), is_valid


def _lookup_keys(labels: pa.DictionaryArray, lookup: Callable[[str], int | None]) -> NumpyArray:
    """Return the key of each label; `NEEDS_ROW_PARSER` where there is none."""
    keys = pa.array([_lookup_key(label.strip(), lookup) for label in labels.dictionary.to_pylist()], pa.int32())
    return numpy_array(keys.take(labels.indices))


def _lookup_key(label: str, lookup: Callable[[str], int | None]) -> int:
    try:
        key = lookup(label)
    except InvalidCell:
        return NEEDS_ROW_PARSER
    return NEEDS_ROW_PARSER if key is None else key


def _status_indexes(labels: pa.DictionaryArray | None, row_parser: RowParser, rows: int) -> NumpyArray:
    def status_index(label: str | None) -> int | None:
        status = row_parser.parse_status(label)
        return None if status in NULL_VALUE_STATUSES else STATUSES_WEAKEST_FIRST.index(status)

    if labels is not None:
        return _lookup_keys(labels, status_index)
    default = status_index(None)
    return np.full(rows, NEEDS_ROW_PARSER if default is None else default)


def _parse_integers(texts: pa.Array) -> tuple[pa.Array, NumpyArray]:
    """Return the numbers, and a mask of the texts that are digits only."""
    plain = pc.and_(pc.ascii_is_decimal(texts), pc.less_equal(pc.binary_length(texts), MAX_INTEGER_DIGITS))
    return pc.cast(pc.if_else(plain, texts, None), pa.int64()), np.asarray(plain)


def _parse_decimals(texts: pa.Array) -> tuple[pa.Array, NumpyArray]:
    """Return the numbers, null for empty texts, and a mask of the texts that are plain decimals or empty."""
    plain = pc.match_substring_regex(texts, _PLAIN_DECIMAL)
    decimals = pc.cast(pc.if_else(plain, texts, None), QUANTITY_TYPE)
    return decimals, np.asarray(pc.or_(plain, pc.equal(texts, "")))


def _parse_units(labels: pa.DictionaryArray) -> pa.Array:
    units = pa.array([label.strip() or None for label in labels.dictionary.to_pylist()], pa.string())
    return units.take(labels.indices)
