"""Files as they come: plain or compressed, decoded strictly, within bounds."""

import csv
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from service.errors import BadFile, Defect
from service.ingest.encodings import decoded
from service.ingest.unpacking import CHUNK, MAGIC, Unpacked

LONGEST_LINE = 1 << 20
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def csv_rows(
    path: Path, *, name: str, encoding: str = "utf-8", delimiter: str = ","
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each line and its cells, blanks around them removed; `name` is what errors call the file.

    :raises BadFile: the file is empty, truncated, of another encoding, or breaks the rules of CSV.
    """
    with _opened(path, name) as file:
        reader = csv.reader(_whole_lines(name, file, encoding), strict=True, delimiter=delimiter)
        number = 0
        try:
            for cells in reader:
                if cells:
                    number = reader.line_num
                    yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            defect = Defect(f"the file breaks the rules of CSV: {error}", line=number + 1)
            raise BadFile(name, [defect]) from error
        if not number:
            raise BadFile(name, [Defect("the file is empty")])


def first_bytes(path: Path, *, name: str, number: int = 20) -> bytes:
    """Return how the file begins, unpacked, without blanks and a byte order mark: it tells layouts apart.

    :raises BadFile: the file is damaged or cannot be read.
    """
    with _opened(path, name) as file:
        return file.read(number).removeprefix(BYTE_ORDER_MARK).lstrip()


def whole_text(path: Path, *, name: str) -> str:
    """Return the text of a UTF-8 file that has to be read as a whole.

    :raises BadFile: the file is damaged or of another encoding.
    """
    with _opened(path, name) as file:
        return decoded(file.read().removeprefix(BYTE_ORDER_MARK), "utf-8", name=name)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[BufferedReader]:
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


def _whole_lines(name: str, file: BufferedReader, encoding: str) -> Iterator[str]:
    """Yield decoded lines, refusing lines without end, control characters, and lone carriage returns."""
    line, number = b"\n", 0
    while read := file.readline(LONGEST_LINE + 1):
        line, number = read, number + 1
        if number == 1 and encoding == "utf-8":
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) > LONGEST_LINE:
            raise BadFile(name, [Defect(f"is longer than {LONGEST_LINE} bytes, which no line of figures is", number)])
        if control := _CONTROL.search(line):
            near = line[control.start() : control.end() + 20].decode(encoding, "replace").strip()
            raise BadFile(
                name, [Defect("holds a character that controls a machine and is no text", number, value=near)]
            )
        if b"\r" in line.removesuffix(b"\r\n"):
            raise BadFile(name, [Defect("has a carriage return without a line feed", number)])
        yield decoded(line, encoding, name=name, number=number)
    if not line.endswith(b"\n"):
        last = line[-40:].decode(encoding, "replace")
        raise BadFile(name, [Defect("the last line has no end: the file may be cut off", number, value=last)])
