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

from service.errors import BadFile, Defect
from service.ingest.formats.encodings import decoded
from service.ingest.formats.gzip_reader import CHUNK, MAGIC, Unpacked

LONGEST_LINE = 1 << 20
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Row = tuple[int, list[str]]
"""The number of a line, and its cells."""


def csv_rows(path: Path, *, name: str, encoding: str = "utf-8", delimiter: str = ",") -> Iterator[Row]:
    """Yield the number of each line and its cells, blanks around them removed; `name` is what errors call the file.

    :raises BadFile: the file is empty, truncated, of another encoding, or breaks the rules of CSV.
    """
    with opened(path, name) as file:
        rows = Lines(reads_of(file), name=name, encoding=encoding).rows(delimiter)
        yield first_of(rows, name=name)
        yield from rows


def first_of(rows: Iterator[Row], *, name: str) -> Row:
    """Return the first row.

    :raises BadFile: there is none.
    """
    for row in rows:
        return row
    raise BadFile(name, [Defect("the file is empty")])


def first_bytes(path: Path, *, name: str, number: int = 20) -> bytes:
    """Return how the file begins, unpacked, without blanks and a byte order mark: it tells layouts apart.

    :raises BadFile: the file is damaged or cannot be read.
    """
    with opened(path, name) as file:
        return file.read(number).removeprefix(BYTE_ORDER_MARK).lstrip()


@contextmanager
def opened(path: Path, name: str) -> Iterator[BufferedReader]:
    """Open a file, unpacked where it is compressed.

    :raises BadFile: it is damaged or cannot be read, now or later.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.peek(len(MAGIC)).startswith(MAGIC)
            yield BufferedReader(Unpacked(raw, name=name, size=path.stat().st_size), CHUNK) if packed else raw
    except (EOFError, zlib.error) as error:
        raise BadFile(name, [Defect(f"the compressed file is damaged or cut off: {error}")]) from error
    except OSError as error:
        raise BadFile(name, [Defect(f"the file cannot be read: {error.strerror or error}")]) from error


def reads_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file as bytes; one that is longer than any may be comes in pieces that are too long."""
    return iter(lambda: file.readline(LONGEST_LINE + 1), b"")


@dataclass
class Lines:
    """Lines of a file, of which `number` were read; `name` is what errors call it."""

    reads: Iterator[bytes]
    name: str
    encoding: str
    number: int = 0

    def rows(self, delimiter: str) -> Iterator[Row]:
        """Yield the number of each line and its cells, blanks around them removed.

        :raises BadFile: the lines are not what `__iter__` lets pass, or break the rules of CSV.
        """
        reader = csv.reader(self, strict=True, delimiter=delimiter)
        number = self.number
        try:
            for cells in reader:
                number = self.number
                if cells:
                    yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            defect = Defect(f"the file breaks the rules of CSV: {error}", line=number + 1)
            raise BadFile(self.name, [defect]) from error

    def __iter__(self) -> Iterator[str]:
        """Yield decoded lines, refusing lines without end, control characters, and lone carriage returns."""
        line = b"\n"
        for read in self.reads:
            line = read
            self.number += 1
            if self.number == 1 and self.encoding == "utf-8":
                line = line.removeprefix(BYTE_ORDER_MARK)
            self._check(line)
            yield decoded(line, self.encoding, name=self.name, number=self.number)
        if not line.endswith(b"\n"):
            last = line[-40:].decode(self.encoding, "replace")
            raise self._bad("the last line has no end: the file may be cut off", last)

    def _check(self, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            raise self._bad(f"is longer than {LONGEST_LINE} bytes, which no line of figures is")
        if control := _CONTROL.search(line):
            near = line[control.start() : control.end() + 20].decode(self.encoding, "replace").strip()
            raise self._bad("holds a character that controls a machine and is no text", near)
        if b"\r" in line.removesuffix(b"\r\n"):
            raise self._bad("has a carriage return without a line feed")

    def _bad(self, rule: str, value: str | None = None) -> BadFile:
        return BadFile(self.name, [Defect(rule, self.number, value=value)])
