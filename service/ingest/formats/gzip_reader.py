"""Compressed files, unpacked within bounds: a small file that grows without end fills no disk and no memory."""

import zlib
from io import RawIOBase
from typing import BinaryIO

from service.errors import FileError, InvalidFile

GZIP_MAGIC = b"\x1f\x8b"
MAX_COMPRESSION_RATIO = 200
"""How many times its own size a compressed file may unpack to; official figures stay below 30."""

MAX_ARCHIVE_MEMBERS = 10_000
"""How many parts, each compressed by itself, a file may be put together from."""

READ_CHUNK_BYTES = 1 << 20
_GZIP_WBITS = 31


class GzipReader(RawIOBase):
    """The unpacked bytes of a gzip file of `size` bytes; `name` is what errors call it.

    Reading raises EOFError where the file is cut off, zlib.error where it is damaged or goes on after its end, and
    BadFile where it passes the bounds.
    """

    def __init__(self, raw: BinaryIO, *, name: str, size_bytes: int) -> None:
        self._raw, self._name = raw, name
        self._bytes_left = max(size_bytes * MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES)
        self._member_count = 1
        self._decompressor = zlib.decompressobj(_GZIP_WBITS)
        self._compressed = b""
        self._is_finished = False

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override] # RawIOBase says Buffer
        """Read into `target`; return how many bytes were, 0 at the end."""
        while not self._is_finished:
            unpacked = self._decompressor.decompress(self._compressed, len(target))
            self._compressed = self._decompressor.unconsumed_tail
            if unpacked:
                self._check_size(len(unpacked))
                target[: len(unpacked)] = unpacked
                return len(unpacked)
            self._is_finished = not self._refill()
        return 0

    def _refill(self) -> bool:
        """Have more packed bytes at hand, of this member or the next; return whether there are any."""
        if not self._decompressor.eof:
            self._compressed = self._compressed or self._raw.read(READ_CHUNK_BYTES)
            if not self._compressed:
                raise EOFError("it ends before its end mark")
            return True
        self._compressed = self._decompressor.unused_data or self._raw.read(READ_CHUNK_BYTES)
        self._decompressor = zlib.decompressobj(_GZIP_WBITS)
        self._member_count += 1
        if self._member_count > MAX_ARCHIVE_MEMBERS:
            raise InvalidFile(
                self._name, [FileError(f"the file is put together from more than {MAX_ARCHIVE_MEMBERS} parts")]
            )
        return bool(self._compressed)

    def _check_size(self, byte_count: int) -> None:
        self._bytes_left -= byte_count
        if self._bytes_left < 0:
            raise InvalidFile(
                self._name, [FileError(f"the file unpacks to more than {MAX_COMPRESSION_RATIO} times its size")]
            )
