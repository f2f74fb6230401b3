"""Tidy files read by columns: each word of a block is looked up once, numbers are parsed many at a time.

A shortcut past the row reader for rows that are plainly in order. A row with anything else in it (an unknown code, a
number below zero, blanks, a missing value) is left to the row reader, which notes in the report what is wrong.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.formats.csv_blocks import Block
from service.ingest.formats.parquet_reader import Batch
from service.ingest.sources.tidy.row_parser import WITHOUT_VALUE, RowReader
from service.ingest.staging.arrow_columns import DECIMAL, SCHEMA, STATUSES, in_columns, numbers
from service.ingest.validation.record import NotAFigureError

UNCLEAR = -1
MOST_DIGITS = 16
_PLAIN_DECIMAL = r"^[0-9]{1,16}(\.[0-9]{1,18})?$"
_TEXTS = {"value", "quantity", "net_weight_kg"}
Found = np.ndarray[Any, Any]


InColumns = Block | Batch
"""Rows whose cells can be had by columns."""


def read_block(block: InColumns, reader: RowReader) -> Iterator[pa.RecordBatch]:
    """Yield the figures of a block of lines."""
    places = reader.places
    words = [place for meaning, place in places.items() if meaning not in _TEXTS]
    cells = block.columns(places.values(), of=len(reader.header), words=words)
    if cells is None:
        yield from in_columns(reader.records(block.rows()))
        return
    figures, clear = _figures({meaning: cells[place] for meaning, place in places.items()}, reader, block.first_line)
    if clear.all():
        yield figures
        return
    if clear.any():
        yield figures.filter(pa.array(clear))
    yield from in_columns(reader.records(block.rows(np.flatnonzero(~clear).tolist())))


def _figures(cells: dict[str, pa.Array], reader: RowReader, first_line: int) -> tuple[pa.RecordBatch, Found]:
    """Return the figures of all rows, and which of them are clear; in the others is something for the row reader."""
    rows = len(cells["value"])
    found = {
        "flow": _looked_up(cells["flow"], reader.keys["flow"].get),
        "partner_id": _looked_up(cells["partner"], reader.keys["partner"].get),
        "commodity_id": _looked_up(cells["commodity"], reader.keys["commodity"].get),
        "period": _looked_up(cells["period"], reader.period),
        "obs_status": _statuses(cells.get("obs_status"), reader, rows),
    }
    clear = np.logical_and.reduce([keys != UNCLEAR for keys in found.values()])
    values, whole = _whole(cells["value"])
    columns = {name: pa.array(keys) for name, keys in found.items()} | {"value": values}
    columns["line"] = pa.array(np.arange(first_line, first_line + rows))
    clear &= whole
    for name in ("quantity", "net_weight_kg"):
        if name in cells:
            columns[name], plain = _decimals(cells[name])
            clear &= plain
    if "quantity_unit" in cells:
        columns["quantity_unit"] = _units(cells["quantity_unit"])
    arrays = [pc.cast(columns.get(field.name, pa.nulls(rows)), field.type) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA), clear


def _looked_up(words: pa.DictionaryArray, key_of: Callable[[str], int | None]) -> Found:
    """Return the key of each word; `UNCLEAR` where it has none."""
    keys = pa.array([_key(word.strip(), key_of) for word in words.dictionary.to_pylist()], pa.int32())
    return numbers(keys.take(words.indices))


def _key(word: str, key_of: Callable[[str], int | None]) -> int:
    try:
        key = key_of(word)
    except NotAFigureError:
        return UNCLEAR
    return UNCLEAR if key is None else key


def _statuses(words: pa.DictionaryArray | None, reader: RowReader, rows: int) -> Found:
    def place(word: str | None) -> int | None:
        status = reader.status(word)
        return None if status in WITHOUT_VALUE else STATUSES.index(status)

    if words is not None:
        return _looked_up(words, place)
    default = place(None)
    return np.full(rows, UNCLEAR if default is None else default)


def _whole(texts: pa.Array) -> tuple[pa.Array, Found]:
    """Return the numbers that texts write out, and which of them are nothing but digits."""
    plain = pc.and_(pc.ascii_is_decimal(texts), pc.less_equal(pc.binary_length(texts), MOST_DIGITS))
    return pc.cast(pc.if_else(plain, texts, None), pa.int64()), np.asarray(plain)


def _decimals(texts: pa.Array) -> tuple[pa.Array, Found]:
    """Return the numbers that texts write out, null where there is none, and which of them are plainly that."""
    plain = pc.match_substring_regex(texts, _PLAIN_DECIMAL)
    decimals = pc.cast(pc.if_else(plain, texts, None), DECIMAL)
    return decimals, np.asarray(pc.or_(plain, pc.equal(texts, "")))


def _units(words: pa.DictionaryArray) -> pa.Array:
    units = pa.array([word.strip() or None for word in words.dictionary.to_pylist()], pa.string())
    return units.take(words.indices)
