"""Files as they come: plain or compressed, decoded strictly, within bounds, known by their sha256."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import IO

from service.errors import BadFile, Defect

MOST_TIMES_LARGER = 200
"""How many times its own size a compressed file may unpack to; official figures stay below 30."""

CHUNK = 1 << 20


def csv_rows(
    path: Path, *, name: str, encoding: str = "utf-8-sig", delimiter: str = ","
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each line and its cells, blanks around them removed; `name` is what errors call the file.

    :raises BadFile: the file is empty, truncated, of another encoding, or breaks the rules of CSV.
    """
    with _readable(name), _text(path, name, encoding) as lines:
        reader = csv.reader(_whole_lines(name, lines), strict=True, delimiter=delimiter)
        number = 0
        for cells in reader:
            if cells:
                number = reader.line_num
                yield number, [cell.strip() for cell in cells]
        if not number:
            raise BadFile(name, [Defect("the file is empty")])


def whole_text(path: Path, *, name: str) -> str:
    """Return the text of a UTF-8 file that has to be read as a whole.

    :raises BadFile: the file is damaged or of another encoding.
    """
    with _readable(name), _text(path, name, "utf-8-sig") as text:
        return text.read()


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        found = error.object[error.start : error.start + 8]
        defect = Defect(f"is not {error.encoding} at byte {error.start}: {error.reason}", value=found.hex(" "))
        raise BadFile(name, [defect]) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(name, [Defect(f"the compressed file is damaged or cut off: {error}")]) from error
    except csv.Error as error:
        raise BadFile(name, [Defect(f"the file breaks the rules of CSV: {error}")]) from error
    except OSError as error:
        raise BadFile(name, [Defect(f"the file cannot be read: {error.strerror or error}")]) from error


@contextmanager
def _text(path: Path, name: str, encoding: str) -> Iterator[TextIOWrapper]:
    with (
        path.open("rb") as raw,
        TextIOWrapper(_unpacked(path, name, raw), encoding=encoding, errors="strict", newline="") as text,
    ):
        yield text


def _unpacked(path: Path, name: str, raw: BufferedReader) -> IO[bytes]:
    if raw.peek(2)[:2] != b"\x1f\x8b":
        return raw
    return BufferedReader(_Bounded(path, name, raw), CHUNK)


class _Bounded(gzip.GzipFile):
    """A compressed file that refuses to unpack to far more than its own size."""

    def __init__(self, path: Path, name: str, raw: BufferedReader) -> None:
        super().__init__(fileobj=raw, mode="rb")
        self._name = name
        self._left = max(path.stat().st_size * MOST_TIMES_LARGER, CHUNK)

    def readinto(self, target: object) -> int:
        read = super().readinto(target)  # type: ignore[arg-type]
        self._left -= read
        if self._left < 0:
            rule = f"the file unpacks to more than {MOST_TIMES_LARGER} times its size"
            raise BadFile(self._name, [Defect(rule)])
        return read


def _whole_lines(name: str, lines: TextIOWrapper) -> Iterator[str]:
    """Yield lines, refusing NUL characters, lone carriage returns, and a last line that is cut off."""
    line = "\n"
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise BadFile(name, [Defect("holds a NUL character", line=number)])
        if "\r" in line.removesuffix("\r\n"):
            raise BadFile(name, [Defect("ends in a carriage return without a line feed", line=number)])
        yield line
    if not line.endswith("\n"):
        raise BadFile(name, [Defect("the last line has no end: the file may be cut off", value=line[-40:])])
