"""Strict decoding: bytes must be valid in their encoding, and must not be text that was encoded twice."""

import codecs

from service.errors import FileError, InvalidFile

_MISREAD_ENCODINGS = ("cp1252", "latin-1", "cp932")
_FIRST_THREE_BYTE_CHARACTER = "\u0800"


def decode_strict(raw: bytes, encoding: str, *, name: str, line_number: int | None = None) -> str:
    """Return the text that bytes in `encoding` represent; errors call the file `name` and name the line.

    :raises InvalidFile: the bytes are not valid in this encoding, are UTF-8 instead, or were encoded twice.
    """
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        invalid_part = raw[error.start : error.start + 8].hex(" ")
        file_error = FileError(
            f"is not {encoding} at byte {error.start + 1}: {error.reason}", line_number, value=invalid_part
        )
        raise InvalidFile(name, [file_error]) from error
    if not text.isascii() and (rule := _double_encoding_rule(raw, text, encoding)):
        raise InvalidFile(name, [FileError(rule, line_number, value=text.strip())])
    return text


def _double_encoding_rule(raw: bytes, text: str, encoding: str) -> str | None:
    """Return the error of text that is UTF-8 decoded in another encoding; null where there is none."""
    if encoding != "utf-8":
        is_utf8 = _decode_utf8(raw) is not None
        return f"is UTF-8, but files of this layout are {encoding}" if is_utf8 else None
    for encoding_name in _MISREAD_ENCODINGS:
        decoded = _decode_utf8(_encode_lenient(text, encoding_name))
        # Two half-width kana can be valid UTF-8 by chance; longer sequences cannot.
        if decoded is not None and (encoding_name != "cp932" or max(decoded) >= _FIRST_THREE_BYTE_CHARACTER):
            return "was encoded twice: it is UTF-8 that was decoded in another encoding"
    return None


def _encode_lenient(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding, "encode_undefined_characters")
    except UnicodeEncodeError:
        return None


def _encode_undefined_characters(error: UnicodeError) -> tuple[bytes, int]:
    """Encode the characters that cp1252 does not define as browsers do: as the byte of their code point."""
    if isinstance(error, UnicodeEncodeError) and error.encoding == "charmap":
        invalid_part = error.object[error.start : error.end]
        if all("\x80" <= c <= "\x9f" for c in invalid_part):
            return invalid_part.encode("latin-1"), error.end
    raise error


codecs.register_error("encode_undefined_characters", _encode_undefined_characters)


def _decode_utf8(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
