"""Strict JSON from data providers, parsed item by item. Numbers stay text, so that no digit is lost."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from service.errors import FileError, InvalidFile
from service.ingest.formats.encodings import decode_strict
from service.ingest.formats.gzip_reader import READ_CHUNK_BYTES
from service.ingest.formats.text_file import BYTE_ORDER_MARK, MAX_LINE_BYTES, open_file

_CONTROL_CHARACTERS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_WHITESPACE = re.compile("[ \t\r\n]*")


def json_items(
    path: Path, *, name: str, api: str, array_key: str | None = None, members: dict[str, Any] | None = None
) -> Iterator[Any]:
    """Yield the items of the top-level array, or of the array under `array_key`, with numbers as text.

    Memory holds one item and one chunk of the file. The other members of the top-level object are added to `members`.
    Errors call the file `name` and the provider `api`.

    :raises InvalidFile: the file is not JSON with this array, or an object has a key twice.
    """
    with open_file(path, name) as file:
        text = _JsonStream(file, name)
        if not text.peek():
            raise InvalidFile(name, [FileError("the file is empty")])
        try:
            yield from (
                text.parse_array()
                if array_key is None
                else text.parse_member_array(array_key, {} if members is None else members)
            )
            if text.peek():
                raise ValueError("it continues after its end")  # noqa: TRY301 - one error for all
        except (ValueError, RecursionError) as error:
            raise invalid_json(api, name, str(error)) from error


def invalid_json(api: str, name: str, reason: str) -> InvalidFile:
    """Return the error for the file `name`, which is not a JSON response of the provider `api`."""
    return InvalidFile(name, [FileError(f"the file is not JSON of {api}: {reason}")])


def json_cell_text(value: Any) -> str:
    """Return a JSON value as the text of a CSV cell: empty for null, `true` for true.

    :raises ValueError: the value is an array or object, or has a control character.
    """
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if not isinstance(value, str) or _CONTROL_CHARACTERS.search(value):
        raise ValueError(f"{value!r} is not text or a number")
    return value.strip()


def _unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object has a key twice")
    return members


# Other streaming parsers accept a repeated key, and convert numbers to floats.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_unique_object)


class _JsonStream:
    """The text of a file, of which only the part that is not parsed yet is in memory."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._buffer, self._position, self._bytes_read = "", 0, 0

    def peek(self) -> str:
        """Return the next character after white space without consuming it; empty at the end."""
        while True:
            blanks = _WHITESPACE.match(self._buffer, self._position)
            self._position = blanks.end() if blanks else self._position
            if self._position < len(self._buffer) or not self._read_more():
                return self._buffer[self._position : self._position + 1]

    def expect(self, token: str) -> None:
        """Consume a token.

        :raises ValueError: another token follows.
        """
        if self.peek() != token:
            raise ValueError(f"{token} is missing before {self._buffer[self._position : self._position + 40]!r}")
        self._position += 1

    def parse_value(self) -> Any:
        """Consume a value.

        :raises ValueError: no value follows, or it is too long.
        :raises InvalidFile: its text was encoded twice.
        """
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._position)
            except ValueError:
                if len(self._buffer) - self._position > MAX_LINE_BYTES or not self._read_more():
                    raise
                continue
            if (
                end < len(self._buffer) or not self._read_more()
            ):  # a number at the end of a chunk may continue in the next
                break
        raw = self._buffer[self._position : end]
        if not raw.isascii():
            decode_strict(raw.encode(), "utf-8", name=self._name)
        self._position = end
        return value

    def parse_array(self) -> Iterator[Any]:
        """Consume an array, and yield its items.

        :raises ValueError: no array follows.
        """
        self.expect("[")
        while self.peek() != "]":
            yield self.parse_value()
            if self.peek() != ",":
                break
            self.expect(",")
            if self.peek() == "]":
                raise ValueError("an array ends in a comma")
        self.expect("]")

    def parse_member_array(self, key: str, members: dict[str, Any]) -> Iterator[Any]:
        """Consume an object, and yield the items of the array under `key`; `members` gets its other members.

        :raises ValueError: no object follows, it lacks the key, or it has a key twice.
        """
        names: set[str] = set()
        separator = "{"
        while separator in {"{", ","}:
            self.expect(separator)
            name = self.parse_value() if self.peek() == '"' else ""
            if name in names:
                raise ValueError("an object has a key twice")
            names.add(name)
            self.expect(":")
            if name == key:
                yield from self.parse_array()
            else:
                members[name] = self.parse_value()
            separator = self.peek()
        self.expect("}")
        if key not in names:
            raise ValueError(f"it has no {key}")

    def _read_more(self) -> bool:
        """Read one more chunk of the file; return whether there was any."""
        raw = self._file.read(READ_CHUNK_BYTES)
        if not self._bytes_read:
            raw = raw.removeprefix(BYTE_ORDER_MARK)
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            invalid_part = error.object[error.start : error.start + 8].hex(" ")
            rule = f"is not utf-8 near byte {self._bytes_read + error.start + 1}: {error.reason}"
            raise InvalidFile(self._name, [FileError(rule, value=invalid_part)]) from error
        self._bytes_read += len(raw)
        self._buffer, self._position = self._buffer[self._position :] + text, 0
        return bool(raw)
