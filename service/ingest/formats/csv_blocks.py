"""CSV in blocks of lines, which are parsed by column.

A block has no quoted cells, no control characters and no overlong lines. All other lines go through the strict reader
of `text_file`, which alone reports the errors of a file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from service.ingest.formats.encodings import decode_strict
from service.ingest.formats.text_file import (
    MAX_LINE_BYTES,
    NumberedRow,
    StrictLineReader,
    first_row,
    open_file,
    read_lines,
)
from service.ingest.validation.bounds import MAX_CELL_CHARACTERS

BLOCK_BYTES = 1 << 22
ASCII_SUPERSETS = {"utf-8", "ascii", "cp1252", "iso8859-1", "cp932"}
"""Encodings in which the bytes of line ends, delimiters and quotes are never part of another character."""

DICTIONARY_TYPE = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class CsvBlock:
    """Complete lines of a CSV file, in UTF-8 and without quotes; `first_line` is the number of the first line.

    Errors call the file `name`.
    """

    raw: bytes
    first_line: int
    name: str
    delimiter: str

    def columns(
        self, column_indexes: Iterable[int], *, column_count: int, dictionary_indexes: Iterable[int]
    ) -> dict[int, pa.Array] | None:
        """Return the cells of the columns at `column_indexes`, by index.

        Columns that are also in `dictionary_indexes` are dictionary-encoded. The result is null where a line does not
        have `column_count` cells, or a cell is too long; `rows` then reports the error.
        """
        indexes = list(column_indexes)
        types = {str(index): DICTIONARY_TYPE if index in set(dictionary_indexes) else pa.string() for index in indexes}
        try:
            table = csv.read_csv(
                pa.BufferReader(self.raw),
                csv.ReadOptions(
                    use_threads=False,
                    block_size=len(self.raw),
                    column_names=[str(index) for index in range(column_count)],
                ),
                csv.ParseOptions(delimiter=self.delimiter, quote_char=False, newlines_in_values=False),
                csv.ConvertOptions(include_columns=list(types), column_types=types, null_values=[], check_utf8=False),
            )
        except pa.ArrowInvalid:
            return None
        if len(table) != self.raw.count(b"\n"):
            return None
        columns = {index: table[str(index)].chunk(0) for index in indexes}
        return None if any(map(_has_long_cell, columns.values())) else columns

    def rows(self, row_indexes: Iterable[int] | None = None) -> Iterator[NumberedRow]:
        """Yield the rows of the block, or only those at `row_indexes`, from the strict reader."""
        if row_indexes is None:
            yield from self._line_reader(read_lines(BytesIO(self.raw)), self.first_line).rows(self.delimiter)
            return
        lines = self.raw.split(b"\n")
        for number in row_indexes:
            yield from self._line_reader(iter([lines[number] + b"\n"]), self.first_line + number).rows(self.delimiter)

    def _line_reader(self, raw_lines: Iterator[bytes], first_line: int) -> StrictLineReader:
        return StrictLineReader(raw_lines, name=self.name, encoding="utf-8", line_number=first_line - 1)


def csv_parts(path: Path, *, name: str, encoding: str, delimiter: str) -> Iterator[CsvBlock | Iterator[NumberedRow]]:
    """Yield the parts of a CSV file in order: the header row, then blocks and, between them, rows of unusual lines.

    The rows of a part must be consumed before the next part. Errors call the file `name`.

    :raises InvalidFile: the file is empty, truncated, in another encoding, or violates CSV.
    """
    with open_file(path, name) as file:
        lines = StrictLineReader(read_lines(file), name=name, encoding=encoding)
        yield iter([first_row(lines.rows(delimiter), name=name)])
        while raw := _read_block(file):
            if _is_plain(raw, encoding):
                yield CsvBlock(_transcode_to_utf8(raw, lines), lines.line_number + 1, name, delimiter)
                lines.line_number += raw.count(b"\n")
            else:
                # A quoted cell may continue in lines that were not read yet.
                rest = read_lines(file) if b'"' in raw else iter(())
                lines.raw_lines = chain(read_lines(BytesIO(raw)), rest)
                yield lines.rows(delimiter)


def _has_long_cell(column: pa.Array) -> bool:
    """Return whether a cell may be too long; the strict reader then reports it."""
    texts = column.dictionary if pa.types.is_dictionary(column.type) else column
    return bool((pc.max(pc.binary_length(texts)).as_py() or 0) > MAX_CELL_CHARACTERS)


def _read_block(file: BinaryIO) -> bytes:
    return file.read(BLOCK_BYTES) + file.readline(MAX_LINE_BYTES + 1)


def _is_plain(raw: bytes, encoding: str) -> bool:
    """Return whether lines have plain cells only: no quote, no control character, no line too long or unterminated."""
    if encoding not in ASCII_SUPERSETS or not raw.endswith(b"\n") or b'"' in raw or b"\x7f" in raw:
        return False
    letters = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    returns = raw.count(b"\r")
    is_control = np.count_nonzero(letters < ord(" ")) > len(ends) + returns + raw.count(b"\t")
    max_line_bytes = int(np.diff(ends, prepend=-1).max())
    return not is_control and returns == raw.count(b"\r\n") and max_line_bytes <= MAX_LINE_BYTES


def _transcode_to_utf8(raw: bytes, reader: StrictLineReader) -> bytes:
    """Return the lines in UTF-8; those with non-ASCII characters are decoded strictly."""
    if raw.isascii():
        return raw
    texts = [
        line.decode() if line.isascii() else decode_strict(line, reader.encoding, name=reader.name, line_number=number)
        for number, line in enumerate(raw.splitlines(keepends=True), start=reader.line_number + 1)
    ]
    return "".join(texts).encode()
