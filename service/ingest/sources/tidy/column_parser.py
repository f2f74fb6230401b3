"""Tidy files read by columns: each word of a block is looked up once, numbers are parsed many at a time.

A shortcut past the row reader for rows that are plainly in order. A row with anything else in it (an unknown code, a
number below zero, blanks, a missing value) is left to the row reader, which notes in the report what is wrong.
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
"""Rows whose cells can be had by columns."""


def parse_block(block: ColumnarBlock, row_parser: RowParser) -> Iterator[pa.RecordBatch]:
    """Yield the figures of a block of lines."""
    places = row_parser.column_indexes
    words = [place for meaning, place in places.items() if meaning not in _NUMERIC_FIELDS]
    cells = block.columns(places.values(), column_count=len(row_parser.header), dictionary_indexes=words)
    if cells is None:
        yield from record_batches(row_parser.parse_rows(block.rows()))
        return
    figures, clear = _parse_columns(
        {meaning: cells[place] for meaning, place in places.items()}, row_parser, block.first_line
    )
    if clear.all():
        yield figures
        return
    if clear.any():
        yield figures.filter(pa.array(clear))
    yield from record_batches(row_parser.parse_rows(block.rows(np.flatnonzero(~clear).tolist())))


def _parse_columns(
    cells: dict[str, pa.Array], row_parser: RowParser, first_line: int
) -> tuple[pa.RecordBatch, NumpyArray]:
    """Return the figures of all rows, and which of them are clear; in the others is something for the row reader."""
    rows = len(cells["value"])
    found = {
        "flow": _lookup_keys(cells["flow"], row_parser.keys_by_label["flow"].get),
        "partner_id": _lookup_keys(cells["partner"], row_parser.keys_by_label["partner"].get),
        "commodity_id": _lookup_keys(cells["commodity"], row_parser.keys_by_label["commodity"].get),
        "period": _lookup_keys(cells["period"], row_parser.parse_period),
        "obs_status": _status_indexes(cells.get("obs_status"), row_parser, rows),
    }
    clear = np.logical_and.reduce([keys != NEEDS_ROW_PARSER for keys in found.values()])
    values, whole = _parse_integers(cells["value"])
    columns = {name: pa.array(keys) for name, keys in found.items()} | {"value": values}
    columns["line"] = pa.array(np.arange(first_line, first_line + rows))
    clear &= whole
    for name in ("quantity", "net_weight_kg"):
        if name in cells:
            columns[name], plain = _parse_decimals(cells[name])
            clear &= plain
    if "quantity_unit" in cells:
        columns["quantity_unit"] = _parse_units(cells["quantity_unit"])
    arrays = [pc.cast(columns.get(field.name, pa.nulls(rows)), field.type) for field in FIGURE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=FIGURE_SCHEMA), clear


def _lookup_keys(labels: pa.DictionaryArray, lookup: Callable[[str], int | None]) -> NumpyArray:
    """Return the key of each word; `UNCLEAR` where it has none."""
    keys = pa.array([_lookup_key(word.strip(), lookup) for word in labels.dictionary.to_pylist()], pa.int32())
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
    """Return the numbers that texts write out, and which of them are nothing but digits."""
    plain = pc.and_(pc.ascii_is_decimal(texts), pc.less_equal(pc.binary_length(texts), MAX_INTEGER_DIGITS))
    return pc.cast(pc.if_else(plain, texts, None), pa.int64()), np.asarray(plain)


def _parse_decimals(texts: pa.Array) -> tuple[pa.Array, NumpyArray]:
    """Return the numbers that texts write out, null where there is none, and which of them are plainly that."""
    plain = pc.match_substring_regex(texts, _PLAIN_DECIMAL)
    decimals = pc.cast(pc.if_else(plain, texts, None), QUANTITY_TYPE)
    return decimals, np.asarray(pc.or_(plain, pc.equal(texts, "")))


def _parse_units(labels: pa.DictionaryArray) -> pa.Array:
    units = pa.array([word.strip() or None for word in labels.dictionary.to_pylist()], pa.string())
    return units.take(labels.indices)
