"""Bytes turned into text strictly: as the encoding says, and not text that was taken for another's once before."""

import codecs

from service.errors import FileError, InvalidFile

_MISREAD_ENCODINGS = ("cp1252", "latin-1", "cp932")
_FIRST_THREE_BYTE_CHARACTER = "\u0800"


def decode_strict(raw: bytes, encoding: str, *, name: str, line_number: int | None = None) -> str:
    """Return the text that the bytes are; `number` is that of the line in the file that errors call `name`.

    :raises BadFile: they are not in that encoding, or were encoded twice.
    """
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        found = raw[error.start : error.start + 8].hex(" ")
        defect = FileError(f"is not {encoding} at byte {error.start + 1}: {error.reason}", line_number, value=found)
        raise InvalidFile(name, [defect]) from error
    if not text.isascii() and (rule := _double_encoding_rule(raw, text, encoding)):
        raise InvalidFile(name, [FileError(rule, line_number, value=text.strip())])
    return text


def _double_encoding_rule(raw: bytes, text: str, encoding: str) -> str | None:
    """Return what is wrong with text that is UTF-8 taken for something else; null where nothing is."""
    if encoding != "utf-8":
        is_utf8 = _decode_utf8(raw) is not None
        return f"is UTF-8, where files of this layout are {encoding}" if is_utf8 else None
    for other in _MISREAD_ENCODINGS:
        meant = _decode_utf8(_encode_lenient(text, other))
        # Two letters of half-width kana can be valid UTF-8 by chance; longer sequences of them are not.
        if meant is not None and (other != "cp932" or max(meant) >= _FIRST_THREE_BYTE_CHARACTER):
            return "was encoded twice: it is UTF-8 that was taken for another encoding"
    return None


def _encode_lenient(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding, "encode_undefined_characters")
    except UnicodeEncodeError:
        return None


def _encode_undefined_characters(error: UnicodeError) -> tuple[bytes, int]:
    """Encode the characters that cp1252 has no place for as browsers do: as the byte of their number."""
    if isinstance(error, UnicodeEncodeError) and error.encoding == "charmap":
        found = error.object[error.start : error.end]
        if all("\x80" <= c <= "\x9f" for c in found):
            return found.encode("latin-1"), error.end
    raise error


codecs.register_error("encode_undefined_characters", _encode_undefined_characters)


def _decode_utf8(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
