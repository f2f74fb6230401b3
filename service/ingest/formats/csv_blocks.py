"""CSV in blocks of lines, to be read by columns.

Only blocks in which nothing is quoted and nothing is odd are given as such. All other lines are given as the strict
reader of `files` reads them, so that it alone decides what is wrong with a file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
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

BLOCK_BYTES = 1 << 22
ASCII_SUPERSETS = {"utf-8", "ascii", "cp1252", "iso8859-1", "cp932"}
"""Encodings in which a byte below 128 that parts lines, cells or quotes is that character and no part of another."""

DICTIONARY_TYPE = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class CsvBlock:
    """Whole lines in UTF-8, none of them quoted or odd, the first of which is line `first_line` of its file."""

    raw: bytes
    first_line: int
    name: str
    delimiter: str

    def columns(
        self, column_indexes: Iterable[int], *, column_count: int, dictionary_indexes: Iterable[int]
    ) -> dict[int, pa.Array] | None:
        """Return the cells of the columns at `places`, as dictionaries those at `words`.

        Null where not every line has cells for all `of` columns: the strict reader tells which.
        """
        wanted = list(column_indexes)
        types = {str(place): DICTIONARY_TYPE if place in set(dictionary_indexes) else pa.string() for place in wanted}
        try:
            table = csv.read_csv(
                pa.BufferReader(self.raw),
                csv.ReadOptions(
                    use_threads=False,
                    block_size=len(self.raw),
                    column_names=[str(place) for place in range(column_count)],
                ),
                csv.ParseOptions(delimiter=self.delimiter, quote_char=False, newlines_in_values=False),
                csv.ConvertOptions(include_columns=list(types), column_types=types, null_values=[], check_utf8=False),
            )
        except pa.ArrowInvalid:
            return None
        if len(table) != self.raw.count(b"\n"):
            return None
        return {place: table[str(place)].chunk(0) for place in wanted}

    def rows(self, row_indexes: Iterable[int] | None = None) -> Iterator[NumberedRow]:
        """Yield the rows of the block, or those of some of its lines, as the strict reader reads them."""
        if row_indexes is None:
            yield from self._line_reader(read_lines(BytesIO(self.raw)), self.first_line).rows(self.delimiter)
            return
        lines = self.raw.split(b"\n")
        for number in row_indexes:
            yield from self._line_reader(iter([lines[number] + b"\n"]), self.first_line + number).rows(self.delimiter)

    def _line_reader(self, raw_lines: Iterator[bytes], first_line: int) -> StrictLineReader:
        return StrictLineReader(raw_lines, name=self.name, encoding="utf-8", line_number=first_line - 1)


def csv_parts(path: Path, *, name: str, encoding: str, delimiter: str) -> Iterator[CsvBlock | Iterator[NumberedRow]]:
    """Yield the parts of a file, in order; the first part is the first row alone. `name` is what errors call the file.

    Rows have to be taken before the next part is.

    :raises BadFile: as `csv_rows` does.
    """
    with open_file(path, name) as file:
        lines = StrictLineReader(read_lines(file), name=name, encoding=encoding)
        yield iter([first_row(lines.rows(delimiter), name=name)])
        while raw := _read_block(file):
            if _is_plain(raw, encoding):
                yield CsvBlock(_transcode_to_utf8(raw, lines), lines.line_number + 1, name, delimiter)
                lines.line_number += raw.count(b"\n")
            else:
                # A quoted cell may go on in lines that were not read yet.
                rest = read_lines(file) if b'"' in raw else iter(())
                lines.raw_lines = chain(read_lines(BytesIO(raw)), rest)
                yield lines.rows(delimiter)


def _read_block(file: BinaryIO) -> bytes:
    return file.read(BLOCK_BYTES) + file.readline(MAX_LINE_BYTES + 1)


def _is_plain(raw: bytes, encoding: str) -> bool:
    """Return whether lines hold nothing but cells: no quote, no control character, no line too long or without end."""
    if encoding not in ASCII_SUPERSETS or not raw.endswith(b"\n") or b'"' in raw or b"\x7f" in raw:
        return False
    letters = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    returns = raw.count(b"\r")
    is_control = np.count_nonzero(letters < ord(" ")) > len(ends) + returns + raw.count(b"\t")
    longest = int(np.diff(ends, prepend=-1).max())
    return not is_control and returns == raw.count(b"\r\n") and longest <= MAX_LINE_BYTES


def _transcode_to_utf8(raw: bytes, reader: StrictLineReader) -> bytes:
    """Return the lines in UTF-8, each of those with letters beyond ASCII decoded strictly."""
    if raw.isascii():
        return raw
    texts = [
        line.decode() if line.isascii() else decode_strict(line, reader.encoding, name=reader.name, line_number=number)
        for number, line in enumerate(raw.splitlines(keepends=True), start=reader.line_number + 1)
    ]
    return "".join(texts).encode()
