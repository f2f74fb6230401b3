"""JSON as offices' servers answer with it, read item by item and strictly: numbers stay the text that they are."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from service.errors import BadFile, Defect
from service.ingest.formats.encodings import decoded
from service.ingest.formats.gzip_reader import CHUNK
from service.ingest.formats.text_file import BYTE_ORDER_MARK, LONGEST_LINE, opened

_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_BLANKS = re.compile("[ \t\r\n]*")


def json_items(path: Path, *, name: str, api: str, under: str | None = None) -> Iterator[Any]:
    """Yield the items of the list that the file is, or that it has `under` a name, their numbers as text.

    No more of the file is held than an item and a piece of it. `api` is what errors call the server that it comes from.

    :raises BadFile: it is no JSON, or not of that shape, or an object in it says two things of one name.
    """
    with opened(path, name) as file:
        text = _Text(file, name)
        if not text.next_mark():
            raise BadFile(name, [Defect("the file is empty")])
        try:
            yield from text.items() if under is None else text.items_under(under)
            if text.next_mark():
                raise ValueError("it goes on after its end")  # noqa: TRY301 - one error for all
        except (ValueError, RecursionError) as error:
            raise not_of(api, name, str(error)) from error


def not_of(api: str, name: str, why: str) -> BadFile:
    """Return the error that refuses a file which is not what the server answers with."""
    return BadFile(name, [Defect(f"the file is no JSON of {api}: {why}")])


def cell_of(value: Any) -> str:
    """Return a cell as a CSV file would have it: null is empty, and true reads `true`.

    :raises ValueError: it is no single value, or holds what no text does.
    """
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if not isinstance(value, str) or _NO_TEXT.search(value):
        raise ValueError(f"{value!r} is not the text or number of one cell")
    return value.strip()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has two values of one name")
    return found


# What reads JSON as a stream elsewhere takes the last of two values, and turns numbers into others.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)


class _Text:
    """The text of a file, of which no more is held than what was not taken yet of the last pieces."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._held, self._at, self._bytes = "", 0, 0

    def next_mark(self) -> str:
        """Return the next character that is no blank, without taking it; nothing at the end."""
        while True:
            blanks = _BLANKS.match(self._held, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def take(self, mark: str) -> None:
        """Take a mark.

        :raises ValueError: something else follows.
        """
        if self.next_mark() != mark:
            raise ValueError(f"{mark} is missing before {self._held[self._at : self._at + 40]!r}")
        self._at += 1

    def value(self) -> Any:
        """Take a value, whole.

        :raises ValueError: none follows, or it is longer than any may be.
        :raises BadFile: its text was encoded twice.
        """
        self.next_mark()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except ValueError:
                if len(self._held) - self._at > LONGEST_LINE or not self._more():
                    raise
                continue
            if end < len(self._held) or not self._more():  # a number that ends with a piece may go on in the next
                break
        raw = self._held[self._at : end]
        if not raw.isascii():
            decoded(raw.encode(), "utf-8", name=self._name)
        self._at = end
        return value

    def items(self) -> Iterator[Any]:
        """Take a list, and yield its items.

        :raises ValueError: none follows.
        """
        self.take("[")
        while self.next_mark() != "]":
            yield self.value()
            if self.next_mark() != ",":
                break
            self.take(",")
            if self.next_mark() == "]":
                raise ValueError("a list ends in a comma")
        self.take("]")

    def items_under(self, key: str) -> Iterator[Any]:
        """Take an object, and yield the items of the list that it has under a name.

        :raises ValueError: none follows, or it has none of that name, or two of one.
        """
        names: set[str] = set()
        mark = "{"
        while mark in {"{", ","}:
            self.take(mark)
            name = self.value() if self.next_mark() == '"' else ""
            if name in names:
                raise ValueError("an object has two values of one name")
            names.add(name)
            self.take(":")
            if name == key:
                yield from self.items()
            else:
                self.value()
            mark = self.next_mark()
        self.take("}")
        if key not in names:
            raise ValueError(f"it has no {key}")

    def _more(self) -> bool:
        """Hold one more piece of the file; return whether there was any."""
        raw = self._file.read(CHUNK)
        if not self._bytes:
            raw = raw.removeprefix(BYTE_ORDER_MARK)
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            found = error.object[error.start : error.start + 8].hex(" ")
            rule = f"is not utf-8 near byte {self._bytes + error.start + 1}: {error.reason}"
            raise BadFile(self._name, [Defect(rule, value=found)]) from error
        self._bytes += len(raw)
        self._held, self._at = self._held[self._at :] + text, 0
        return bool(raw)
