"""Parquet files in batches of rows, with the text that each cell would have in a CSV file."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from service.errors import FileError, InvalidFile
from service.ingest.formats.cell_values import CONTROL_CHARACTER_RULE, CONTROL_PATTERN, MAX_EXACT_INTEGER, float_text
from service.ingest.formats.encodings import decode_strict
from service.ingest.formats.gzip_reader import MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES
from service.ingest.formats.text_file import NumberedRow
from service.ingest.staging.arrow_columns import BATCH_ROWS, QUANTITY_TYPE, decimal_text

PARQUET_MAGIC = b"PAR1"
ENCRYPTED_PARQUET_MAGIC = b"PARE"
COLUMN_CHUNK_BYTES = 1 << 16
"""Number of bytes of each column that are read at once."""


@dataclass(frozen=True)
class ParquetBatch:
    """Rows of a Parquet file; `first_line` is the number of the first row.

    `column_texts` has the cells of the columns that were read, by index. `column_count` counts all columns of the file.
    """

    column_texts: dict[int, pa.Array]
    first_line: int
    column_count: int

    def columns(
        self, column_indexes: Iterable[int], *, column_count: int, dictionary_indexes: Collection[int]
    ) -> dict[int, pa.Array]:
        """Return the cells of the columns at `column_indexes`, by index.

        Columns that are also in `dictionary_indexes` are dictionary-encoded.
        """
        assert column_count == self.column_count
        return {
            index: self.column_texts[index].dictionary_encode()
            if index in dictionary_indexes
            else self.column_texts[index]
            for index in column_indexes
        }

    def rows(self, row_indexes: Iterable[int] | None = None) -> Iterator[NumberedRow]:
        """Yield the rows, or only those at `row_indexes`; cells of columns that were not read are empty."""
        cells = {index: column.to_pylist() for index, column in self.column_texts.items()}
        for number in range(len(next(iter(cells.values())))) if row_indexes is None else row_indexes:
            row = [""] * self.column_count
            for index, column in cells.items():
                row[index] = column[number].strip()
            yield self.first_line + number, row


def parquet_parts(path: Path, *, name: str, columns: Collection[str]) -> Iterator[ParquetBatch | Iterator[NumberedRow]]:
    """Yield the column names as a header row, then the rows in batches with the cells of `columns`.

    Rows are numbered from 1. Errors call the file `name`.

    :raises InvalidFile: the file is damaged, encrypted or too large, or a column is neither text nor numbers.
    """
    with _open_parquet(path, name) as file:
        _check_unpacked_size(file.metadata, size=path.stat().st_size, name=name)
        names = file.schema_arrow.names
        yield iter([(1, list(names))])
        _check_column_types([field for field in file.schema_arrow if field.name in columns], name)
        first_line = 1
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns), use_threads=False):
            batch.validate(full=True)
            texts = {names.index(each): _column_text(batch[each]) for each in batch.schema.names}
            for index, column in texts.items():
                _check_text(column, name=name, column_name=names[index], first_line=first_line)
            yield ParquetBatch(texts, first_line, len(names))
            first_line += batch.num_rows


@contextmanager
def _open_parquet(path: Path, name: str) -> Iterator[Any]:
    try:
        with parquet.ParquetFile(path, buffer_size=COLUMN_CHUNK_BYTES, page_checksum_verification=True) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        message = str(error).splitlines()[0]
        if "crypt" in message:
            raise InvalidFile(name, [FileError("the Parquet file is encrypted; load one that is not")]) from error
        raise InvalidFile(name, [FileError(f"the Parquet file is damaged or truncated: {message}")]) from error


def _check_unpacked_size(metadata: Any, *, size: int, name: str) -> None:
    """Check the sizes in the metadata before anything is decompressed."""
    max_size = max(size * MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES)
    decompressed_size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if decompressed_size > max_size:
        raise InvalidFile(
            name, [FileError(f"the file decompresses to more than {MAX_COMPRESSION_RATIO} times its size")]
        )
    if metadata.num_rows > max_size:
        raise InvalidFile(
            name, [FileError(f"the file has more than {MAX_COMPRESSION_RATIO} rows for each of its bytes")]
        )


def _check_column_types(fields: Sequence[Any], name: str) -> None:
    errors = [
        FileError(f"the column has type {field.type}; use text, whole numbers, decimals or floats",
               column=field.name)
        for field in fields
        if not _is_supported_type(field.type)
    ]  # fmt: skip
    if errors:
        raise InvalidFile(name, errors)


def _is_supported_type(arrow_type: Any) -> bool:
    if pa.types.is_dictionary(arrow_type):
        arrow_type = arrow_type.value_type
    type_checks = (_is_text_type, pa.types.is_integer, pa.types.is_decimal, pa.types.is_floating, pa.types.is_null)
    return any(is_type(arrow_type) for is_type in type_checks)


def _is_text_type(arrow_type: Any) -> bool:
    return bool(
        pa.types.is_string(arrow_type) or pa.types.is_large_string(arrow_type) or pa.types.is_string_view(arrow_type)
    )


def _column_text(column: Any) -> Any:
    """Return the cells as text, empty for null."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_decimal(column.type):
        texts = _decimal_texts(column)
    elif pa.types.is_floating(column.type):
        texts = _float_texts(column)
    else:
        texts = pc.cast(column, pa.string())
    return pc.fill_null(texts, "")


def _decimal_texts(column: Any) -> Any:
    # A cast beyond the precision is not refused for every number: it may give another one.
    decimal_type = column.type
    if (
        decimal_type.scale <= QUANTITY_TYPE.scale
        and decimal_type.precision - decimal_type.scale <= QUANTITY_TYPE.precision - QUANTITY_TYPE.scale
    ):
        return decimal_text(pc.cast(column, QUANTITY_TYPE))
    return pa.array([None if value is None else format(value, "f") for value in column.to_pylist()], pa.string())


def _float_texts(column: Any) -> Any:
    floats = np.asarray(column.fill_null(0))
    whole = (np.abs(floats) <= MAX_EXACT_INTEGER) & (floats == np.floor(floats))
    texts = pc.cast(pa.array(np.where(whole, floats, 0).astype(np.int64)), pa.string()).to_pylist()
    for number in np.flatnonzero(~whole):
        texts[number] = float_text(floats[number])
    return pc.if_else(column.is_valid(), pa.array(texts, pa.string()), None)


def _check_text(column: Any, *, name: str, column_name: str, first_line: int) -> None:
    """Check text for control characters and double encoding.

    :raises InvalidFile: there are any; the error names the row.
    """
    labels = column.unique()
    for label in labels.filter(pc.match_substring_regex(labels, CONTROL_PATTERN)).to_pylist():
        line = first_line + pc.index(column, label).as_py()
        raise InvalidFile(name, [FileError(CONTROL_CHARACTER_RULE, line, column_name, label)])
    for label in labels.filter(pc.invert(pc.string_is_ascii(labels))).to_pylist():
        decode_strict(label.encode(), "utf-8", name=name, line_number=first_line + pc.index(column, label).as_py())
