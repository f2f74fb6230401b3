"""Decompression of gzip within bounds, so that a small file cannot fill the disk or the memory."""

import zlib
from io import RawIOBase
from typing import BinaryIO

from service.errors import FileError, InvalidFile

GZIP_MAGIC = b"\x1f\x8b"
MAX_COMPRESSION_RATIO = 200
"""Maximum ratio of decompressed to compressed size; files of official figures stay below 30."""

MAX_ARCHIVE_MEMBERS = 10_000
"""Maximum number of members of one compressed file."""

READ_CHUNK_BYTES = 1 << 20
_GZIP_WBITS = 31


class GzipReader(RawIOBase):
    """A stream of the decompressed bytes of a gzip file with a size of `size_bytes`; errors call the file `name`.

    Reading raises EOFError for a truncated file, zlib.error for a damaged one, and InvalidFile where the decompressed
    size or the number of members exceeds its bound.
    """

    def __init__(self, raw: BinaryIO, *, name: str, size_bytes: int) -> None:
        self._raw, self._name = raw, name
        self._bytes_left = max(size_bytes * MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES)
        self._member_count = 1
        self._decompressor = zlib.decompressobj(_GZIP_WBITS)
        self._compressed = b""
        self._is_finished = False

    def readable(self) -> bool:
        """Return true: the stream can be read."""
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override] # RawIOBase says Buffer
        """Read decompressed bytes into `target`; return their number, 0 at the end of the file."""
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
        """Read more compressed bytes, of this member or the next; return whether there are any."""
        if not self._decompressor.eof:
            self._compressed = self._compressed or self._raw.read(READ_CHUNK_BYTES)
            if not self._compressed:
                raise EOFError("the end marker is missing")
            return True
        self._compressed = self._decompressor.unused_data or self._raw.read(READ_CHUNK_BYTES)
        self._decompressor = zlib.decompressobj(_GZIP_WBITS)
        self._member_count += 1
        if self._member_count > MAX_ARCHIVE_MEMBERS:
            raise InvalidFile(self._name, [FileError(f"the file has more than {MAX_ARCHIVE_MEMBERS} members")])
        return bool(self._compressed)

    def _check_size(self, byte_count: int) -> None:
        self._bytes_left -= byte_count
        if self._bytes_left < 0:
            raise InvalidFile(
                self._name, [FileError(f"the file decompresses to more than {MAX_COMPRESSION_RATIO} times its size")]
            )
