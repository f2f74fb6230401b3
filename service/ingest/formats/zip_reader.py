"""Zip archives of text files, whose decompressed size is bounded."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from service.errors import FileError, InvalidFile
from service.ingest.formats.gzip_reader import MAX_ARCHIVE_MEMBERS, MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES

ZIP_MAGIC = b"PK\x03\x04"
MAX_NAMED_MEMBERS = 10
_IGNORED_PREFIX = "__MACOSX/"
_ENCRYPTED_FLAG = 0x1
_DAMAGE_ERRORS = (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error)


def zip_member_names(path: Path, *, name: str) -> list[str]:
    """Return the names of the files in an archive; errors call the archive `name`.

    :raises InvalidFile: the archive is damaged, encrypted or too large.
    """
    with _open_archive(path, name) as archive:
        return [member.filename for member in _members(archive)]


@contextmanager
def open_zip_member(path: Path, *, name: str, member: str | None = None) -> Iterator[BufferedReader]:
    """Open the file `member` in an archive or, if null, its only file; errors call the archive `name`.

    :raises InvalidFile: the archive is damaged, encrypted or too large, or has several files and `member` is null.
    """
    with _open_archive(path, name) as archive:
        members = {each.filename: each for each in _members(archive)}
        if member is None and len(members) != 1:
            names = ", ".join(list(members)[:MAX_NAMED_MEMBERS]) or "no file"
            raise InvalidFile(name, [FileError(f"is a zip archive with {names}; extract the file to load")])
        with archive.open(members[member or next(iter(members))]) as file:
            yield BufferedReader(cast("RawIOBase", file), READ_CHUNK_BYTES)


@contextmanager
def _open_archive(path: Path, name: str) -> Iterator[ZipFile]:
    try:
        with ZipFile(path) as archive:
            _check_size(archive.infolist(), path.stat().st_size, name)
            yield archive
    except _DAMAGE_ERRORS as error:
        raise InvalidFile(name, [FileError(f"the zip archive is damaged or truncated: {error}")]) from error


def _members(archive: ZipFile) -> list[ZipInfo]:
    return [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith(_IGNORED_PREFIX)
    ]


def _check_size(members: list[ZipInfo], size: int, name: str) -> None:
    """Check the directory of the archive, which bounds the decompression."""
    if len(members) > MAX_ARCHIVE_MEMBERS:
        raise InvalidFile(name, [FileError(f"the file has more than {MAX_ARCHIVE_MEMBERS} members")])
    if sum(member.file_size for member in members) > max(size * MAX_COMPRESSION_RATIO, READ_CHUNK_BYTES):
        raise InvalidFile(
            name, [FileError(f"the file decompresses to more than {MAX_COMPRESSION_RATIO} times its size")]
        )
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise InvalidFile(name, [FileError("the zip archive is encrypted; load one that is not")])
