"""Compressed files, unpacked within bounds: a small file that grows without end fills no disk and no memory."""

import zlib
from io import RawIOBase
from typing import BinaryIO

from service.errors import BadFile, Defect

MAGIC = b"\x1f\x8b"
MOST_TIMES_LARGER = 200
"""How many times its own size a compressed file may unpack to; official figures stay below 30."""

MOST_MEMBERS = 10_000
"""How many parts, each compressed by itself, a file may be put together from."""

CHUNK = 1 << 20
_GZIP = 31


class Unpacked(RawIOBase):
    """The unpacked bytes of a gzip file of `size` bytes; `name` is what errors call it.

    Reading raises EOFError where the file is cut off, zlib.error where it is damaged or goes on after its end, and
    BadFile where it passes the bounds.
    """

    def __init__(self, raw: BinaryIO, *, name: str, size: int) -> None:
        self._raw, self._name = raw, name
        self._left = max(size * MOST_TIMES_LARGER, CHUNK)
        self._members = 1
        self._member = zlib.decompressobj(_GZIP)
        self._packed = b""
        self._at_end = False

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override] # RawIOBase says Buffer
        """Read into `target`; return how many bytes were, 0 at the end."""
        while not self._at_end:
            unpacked = self._member.decompress(self._packed, len(target))
            self._packed = self._member.unconsumed_tail
            if unpacked:
                self._count(len(unpacked))
                target[: len(unpacked)] = unpacked
                return len(unpacked)
            self._at_end = not self._goes_on()
        return 0

    def _goes_on(self) -> bool:
        """Have more packed bytes at hand, of this member or the next; return whether there are any."""
        if not self._member.eof:
            self._packed = self._packed or self._raw.read(CHUNK)
            if not self._packed:
                raise EOFError("it ends before its end mark")
            return True
        self._packed = self._member.unused_data or self._raw.read(CHUNK)
        self._member = zlib.decompressobj(_GZIP)
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise BadFile(self._name, [Defect(f"the file is put together from more than {MOST_MEMBERS} parts")])
        return bool(self._packed)

    def _count(self, read: int) -> None:
        self._left -= read
        if self._left < 0:
            raise BadFile(self._name, [Defect(f"the file unpacks to more than {MOST_TIMES_LARGER} times its size")])
