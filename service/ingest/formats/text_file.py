"""Files as they come: plain or compressed, decoded strictly, within bounds."""

import csv
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from service.errors import FileError, InvalidFile
from service.ingest.formats.encodings import decode_strict
from service.ingest.formats.gzip_reader import GZIP_MAGIC, READ_CHUNK_BYTES, GzipReader

MAX_LINE_BYTES = 1 << 20
_CONTROL_CHARACTER = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NumberedRow = tuple[int, list[str]]
"""The number of a line, and its cells."""


def csv_rows(path: Path, *, name: str, encoding: str = "utf-8", delimiter: str = ",") -> Iterator[NumberedRow]:
    """Yield the number of each line and its cells, blanks around them removed; `name` is what errors call the file.

    :raises BadFile: the file is empty, truncated, of another encoding, or breaks the rules of CSV.
    """
    with open_file(path, name) as file:
        rows = StrictLineReader(read_lines(file), name=name, encoding=encoding).rows(delimiter)
        yield first_row(rows, name=name)
        yield from rows


def first_row(rows: Iterator[NumberedRow], *, name: str) -> NumberedRow:
    """Return the first row.

    :raises BadFile: there is none.
    """
    for row in rows:
        return row
    raise InvalidFile(name, [FileError("the file is empty")])


def first_bytes(path: Path, *, name: str, byte_count: int = 20) -> bytes:
    """Return how the file begins, unpacked, without blanks and a byte order mark: it tells layouts apart.

    :raises BadFile: the file is damaged or cannot be read.
    """
    with open_file(path, name) as file:
        return file.read(byte_count).removeprefix(BYTE_ORDER_MARK).lstrip()


@contextmanager
def open_file(path: Path, name: str) -> Iterator[BufferedReader]:
    """Open a file, unpacked where it is compressed.

    :raises BadFile: it is damaged or cannot be read, now or later.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            yield (
                BufferedReader(GzipReader(raw, name=name, size_bytes=path.stat().st_size), READ_CHUNK_BYTES)
                if packed
                else raw
            )
    except (EOFError, zlib.error) as error:
        raise InvalidFile(name, [FileError(f"the compressed file is damaged or cut off: {error}")]) from error
    except OSError as error:
        raise InvalidFile(name, [FileError(f"the file cannot be read: {error.strerror or error}")]) from error


def read_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file as bytes; one that is longer than any may be comes in pieces that are too long."""
    return iter(lambda: file.readline(MAX_LINE_BYTES + 1), b"")


@dataclass
class StrictLineReader:
    """Lines of a file, of which `number` were read; `name` is what errors call it."""

    raw_lines: Iterator[bytes]
    name: str
    encoding: str
    line_number: int = 0

    def rows(self, delimiter: str) -> Iterator[NumberedRow]:
        """Yield the number of each line and its cells, blanks around them removed.

        :raises BadFile: the lines are not what `__iter__` lets pass, or break the rules of CSV.
        """
        reader = csv.reader(self, strict=True, delimiter=delimiter)
        number = self.line_number
        try:
            for cells in reader:
                number = self.line_number
                if cells:
                    yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            defect = FileError(f"the file breaks the rules of CSV: {error}", line=number + 1)
            raise InvalidFile(self.name, [defect]) from error

    def __iter__(self) -> Iterator[str]:
        """Yield decoded lines, refusing lines without end, control characters, and lone carriage returns."""
        line = b"\n"
        for read in self.raw_lines:
            line = read
            self.line_number += 1
            if self.line_number == 1 and self.encoding == "utf-8":
                line = line.removeprefix(BYTE_ORDER_MARK)
            self._check_line(line)
            yield decode_strict(line, self.encoding, name=self.name, line_number=self.line_number)
        if not line.endswith(b"\n"):
            last = line[-40:].decode(self.encoding, "replace")
            raise self._line_error("the last line has no end: the file may be cut off", last)

    def _check_line(self, line: bytes) -> None:
        if len(line) > MAX_LINE_BYTES:
            raise self._line_error(f"is longer than {MAX_LINE_BYTES} bytes, which no line of figures is")
        if control := _CONTROL_CHARACTER.search(line):
            near = line[control.start() : control.end() + 20].decode(self.encoding, "replace").strip()
            raise self._line_error("holds a character that controls a machine and is no text", near)
        if b"\r" in line.removesuffix(b"\r\n"):
            raise self._line_error("has a carriage return without a line feed")

    def _line_error(self, rule: str, value: str | None = None) -> InvalidFile:
        return InvalidFile(self.name, [FileError(rule, self.line_number, value=value)])
