"""Text files, plain or compressed: strict decoding, and bounds of the size."""

import codecs
import csv
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from service.errors import FileError, InvalidFile
from service.ingest.formats.encodings import decode_strict
from service.ingest.formats.gzip_reader import GZIP_MAGIC, READ_CHUNK_BYTES, GzipReader
from service.ingest.formats.zip_reader import ZIP_MAGIC, open_zip_member
from service.ingest.validation.bounds import MAX_EMPTY_LINES, row_error

MAX_LINE_BYTES = 1 << 20
_CONTROL_CHARACTER = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NumberedRow = tuple[int, list[str]]
"""A line number, and the cells of the line."""


def csv_rows(
    path: Path, *, name: str, encoding: str = "utf-8", delimiter: str = ",", member: str | None = None
) -> Iterator[NumberedRow]:
    """Yield the line number and the stripped cells of each row; errors call the file `name`.

    `member` names a file in a zip archive; null means its only file.

    :raises InvalidFile: the file is empty, truncated, in another encoding, or violates CSV.
    """
    with open_file(path, name, member=member) as file:
        rows = StrictLineReader(read_lines(file), name=name, encoding=encoding).rows(delimiter)
        yield first_row(rows, name=name)
        yield from rows


def first_row(rows: Iterator[NumberedRow], *, name: str) -> NumberedRow:
    """Return the first row; errors call the file `name`.

    :raises InvalidFile: there are no rows.
    """
    for row in rows:
        return row
    raise InvalidFile(name, [FileError("the file is empty")])


def first_bytes(path: Path, *, name: str, byte_count: int = 20) -> bytes:
    """Return the first bytes of a decompressed file, by which its layout is detected.

    A byte order mark and white space at the start are removed.

    :raises InvalidFile: the file is damaged or cannot be read.
    """
    with open_file(path, name) as file:
        return file.read(byte_count).removeprefix(BYTE_ORDER_MARK).lstrip()


def detect_encoding(path: Path, *, name: str, encodings: Sequence[str]) -> str:
    """Return the first of `encodings` in which all bytes of a file are valid; the last encoding is not tested.

    :raises InvalidFile: the file is damaged or cannot be read.
    """
    for encoding in encodings[:-1]:
        decoder = codecs.getincrementaldecoder(encoding)()
        with open_file(path, name) as file:
            try:
                while chunk := file.read(READ_CHUNK_BYTES):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return encoding
    return encodings[-1]


@contextmanager
def open_file(path: Path, name: str, *, member: str | None = None) -> Iterator[BufferedReader]:
    """Open a file; a compressed file is decompressed. In a zip archive, open `member` or, if null, the only file.

    Errors call the file `name`.

    :raises InvalidFile: the file is damaged or cannot be read, now or later, or is an archive of several files and
        `member` is null.
    """
    try:
        with path.open("rb") as raw:
            start = raw.peek(len(ZIP_MAGIC))
            if start.startswith(ZIP_MAGIC):
                with open_zip_member(path, name=name, member=member) as file:
                    yield file
            elif start.startswith(GZIP_MAGIC):
                yield BufferedReader(GzipReader(raw, name=name, size_bytes=path.stat().st_size), READ_CHUNK_BYTES)
            else:
                yield raw
    except (EOFError, zlib.error) as error:
        raise InvalidFile(name, [FileError(f"the compressed file is damaged or truncated: {error}")]) from error
    except OSError as error:
        raise InvalidFile(name, [FileError(f"the file cannot be read: {error.strerror or error}")]) from error


def read_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file as bytes; a line that is too long is split after `MAX_LINE_BYTES` + 1 bytes."""
    return iter(lambda: file.readline(MAX_LINE_BYTES + 1), b"")


@dataclass
class StrictLineReader:
    """A reader that validates and decodes the lines of a file; errors call the file `name`.

    `line_number` is the number of the last line that was read.
    """

    raw_lines: Iterator[bytes]
    name: str
    encoding: str
    line_number: int = 0

    def rows(self, delimiter: str) -> Iterator[NumberedRow]:
        """Yield the line number and the stripped cells of each row.

        :raises InvalidFile: a line is invalid (see `__iter__`), a row is too large, or the lines violate CSV.
        """
        reader = csv.reader(self, strict=True, delimiter=delimiter)
        number, empty_lines = self.line_number, 0
        try:
            for cells in reader:
                number = self.line_number
                if rule := row_error(cells):
                    raise self._line_error(rule)
                if cells:
                    yield number, [cell.strip() for cell in cells]
                    continue
                empty_lines += 1
                if empty_lines > MAX_EMPTY_LINES:
                    raise self._line_error(f"is one of more than {MAX_EMPTY_LINES} empty lines")
        except csv.Error as error:
            csv_error = FileError(f"the file is not valid CSV: {error}", line=number + 1)
            raise InvalidFile(self.name, [csv_error]) from error

    def __iter__(self) -> Iterator[str]:
        """Yield the decoded lines.

        :raises InvalidFile: a line is too long, has no line end, or has a control character or a carriage return
            without a line feed.
        """
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
            raise self._line_error("the last line has no line end; the file may be truncated", last)

    def _check_line(self, line: bytes) -> None:
        if len(line) > MAX_LINE_BYTES:
            raise self._line_error(f"is longer than {MAX_LINE_BYTES} bytes")
        if control := _CONTROL_CHARACTER.search(line):
            near = line[control.start() : control.end() + 20].decode(self.encoding, "replace").strip()
            raise self._line_error("has a control character", near)
        if b"\r" in line.removesuffix(b"\r\n"):
            raise self._line_error("has a carriage return without a line feed")

    def _line_error(self, rule: str, value: str | None = None) -> InvalidFile:
        return InvalidFile(self.name, [FileError(rule, self.line_number, value=value)])
