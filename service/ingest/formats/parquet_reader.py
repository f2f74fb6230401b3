"""Parquet files in batches of rows, each cell as the text that a CSV file would have in its place."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from service.errors import BadFile, Defect
from service.ingest.formats.cell_values import CONTROL, EXACT, IS_CONTROL, text_of_float
from service.ingest.formats.encodings import decoded
from service.ingest.formats.gzip_reader import CHUNK, MOST_TIMES_LARGER
from service.ingest.formats.text_file import Row
from service.ingest.staging.arrow_columns import DECIMAL, MANY, plain_text

MAGIC = b"PAR1"
MAGIC_OF_ENCRYPTED = b"PARE"
CHUNK_OF_COLUMN = 1 << 16
"""How much of each column is read at once."""


@dataclass(frozen=True)
class Batch:
    """Rows of a Parquet file, of which the columns at some places were read; the first is row `first_line` of all."""

    texts: dict[int, pa.Array]
    first_line: int
    width: int

    def columns(self, places: Iterable[int], *, of: int, words: Collection[int]) -> dict[int, pa.Array]:
        """Return the cells of the columns at `places`, as dictionaries those at `words`."""
        assert of == self.width
        return {
            place: self.texts[place].dictionary_encode() if place in words else self.texts[place] for place in places
        }

    def rows(self, numbers: Iterable[int] | None = None) -> Iterator[Row]:
        """Yield the rows, or some of them: their number and their cells, empty those of columns that were not read."""
        cells = {place: column.to_pylist() for place, column in self.texts.items()}
        for number in range(len(next(iter(cells.values())))) if numbers is None else numbers:
            row = [""] * self.width
            for place, column in cells.items():
                row[place] = column[number].strip()
            yield self.first_line + number, row


def parquet_parts(path: Path, *, name: str, columns: Collection[str]) -> Iterator[Batch | Iterator[Row]]:
    """Yield the names of the columns as a first row alone, then the rows in batches, with the cells of `columns`.

    Rows are numbered from 1.

    :raises BadFile: the file is damaged, encrypted or of no sensible size, or has cells that are no text or number.
    """
    with _opened(path, name) as file:
        _refuse_bomb(file.metadata, size=path.stat().st_size, name=name)
        names = file.schema_arrow.names
        yield iter([(1, list(names))])
        _refuse_types([field for field in file.schema_arrow if field.name in columns], name)
        first_line = 1
        for batch in file.iter_batches(batch_size=MANY, columns=list(columns), use_threads=False):
            batch.validate(full=True)
            texts = {names.index(each): _texts(batch[each]) for each in batch.schema.names}
            for place, column in texts.items():
                _refuse_odd_text(column, name=name, column_name=names[place], first_line=first_line)
            yield Batch(texts, first_line, len(names))
            first_line += batch.num_rows


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    try:
        with parquet.ParquetFile(path, buffer_size=CHUNK_OF_COLUMN, page_checksum_verification=True) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        told = str(error).splitlines()[0]
        if "crypt" in told:
            raise BadFile(name, [Defect("the Parquet file is encrypted: give one that is not")]) from error
        raise BadFile(name, [Defect(f"the Parquet file is damaged or cut off: {told}")]) from error


def _refuse_bomb(metadata: Any, *, size: int, name: str) -> None:
    """Check what the file says of itself before anything of it is unpacked."""
    most = max(size * MOST_TIMES_LARGER, CHUNK)
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if unpacked > most:
        raise BadFile(name, [Defect(f"the file unpacks to more than {MOST_TIMES_LARGER} times its size")])
    if metadata.num_rows > most:
        raise BadFile(name, [Defect(f"the file has more than {MOST_TIMES_LARGER} rows for each of its bytes")])


def _refuse_types(fields: Sequence[Any], name: str) -> None:
    defects = [
        Defect(f"the column is of type {field.type}: columns of text, whole numbers, decimals or floats are read",
               column=field.name)
        for field in fields
        if not _is_read(field.type)
    ]  # fmt: skip
    if defects:
        raise BadFile(name, defects)


def _is_read(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    asked = (_is_text, pa.types.is_integer, pa.types.is_decimal, pa.types.is_floating, pa.types.is_null)
    return any(ask(kind) for ask in asked)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(column: Any) -> Any:
    """Return the cells as text, empty those that are null."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_decimal(column.type):
        texts = _of_decimals(column)
    elif pa.types.is_floating(column.type):
        texts = _of_floats(column)
    else:
        texts = pc.cast(column, pa.string())
    return pc.fill_null(texts, "")


def _of_decimals(column: Any) -> Any:
    # A cast to more digits than fit is not refused for every number: it may come out as another one.
    kind = column.type
    if kind.scale <= DECIMAL.scale and kind.precision - kind.scale <= DECIMAL.precision - DECIMAL.scale:
        return plain_text(pc.cast(column, DECIMAL))
    return pa.array([None if value is None else format(value, "f") for value in column.to_pylist()], pa.string())


def _of_floats(column: Any) -> Any:
    floats = np.asarray(column.fill_null(0))
    whole = (np.abs(floats) <= EXACT) & (floats == np.floor(floats))
    texts = pc.cast(pa.array(np.where(whole, floats, 0).astype(np.int64)), pa.string()).to_pylist()
    for number in np.flatnonzero(~whole):
        texts[number] = text_of_float(floats[number])
    return pc.if_else(column.is_valid(), pa.array(texts, pa.string()), None)


def _refuse_odd_text(column: Any, *, name: str, column_name: str, first_line: int) -> None:
    """Check that text is nothing but text, and was not encoded twice.

    :raises BadFile: it is not; it names the row.
    """
    words = column.unique()
    for word in words.filter(pc.match_substring_regex(words, CONTROL)).to_pylist():
        line = first_line + pc.index(column, word).as_py()
        raise BadFile(name, [Defect(IS_CONTROL, line, column_name, word)])
    for word in words.filter(pc.invert(pc.string_is_ascii(words))).to_pylist():
        decoded(word.encode(), "utf-8", name=name, number=first_line + pc.index(column, word).as_py())
