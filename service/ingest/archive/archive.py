"""The raw bytes of every file that was loaded, under their sha256; nothing is ever deleted."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from service.errors import FileError, InvalidFile, SourceUnavailable
from service.ingest.archive.temporary_files import partial_file, remove_partial_files

COPY_CHUNK_BYTES = 1 << 20
FIGURES_ROLE = "figures"


class SupportingFile(NamedTuple):
    """A file beside those of figures, without which they are not read alike; `role` as `ReleaseFile` has it."""

    role: str
    name: str
    content: bytes


class ArchivedFile(NamedTuple):
    """A file as it was loaded, under the name that it came with, and where its bytes are kept."""

    name: str
    sha256: str
    size_bytes: int
    path: Path
    role: str = FIGURES_ROLE


def archive_path(folder: Path, sha256: str) -> Path:
    """Return where the bytes with that sha256 are kept below `folder`."""
    return folder / sha256[:2] / sha256


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def open_archive(folder: Path, *, permanent: bool) -> Iterator[Path]:
    """Yield where files are to be kept: `folder`, or one that passes away.

    What loads that were killed left unfinished in it is removed.
    """
    if permanent:
        remove_partial_files(folder)
        yield folder
        return
    with tempfile.TemporaryDirectory() as passing:
        yield Path(passing)


def archive_file(path: Path, *, folder: Path) -> ArchivedFile:
    """Keep a copy of the file below `folder`: written, flushed to the disk, and only then given its name.

    :raises BadFile: it cannot be read.
    :raises SourceUnavailable: there is no room for it.
    """
    return _store_chunks(path.name, FIGURES_ROLE, _read_chunks(path), folder)


def archive_supporting_file(file: SupportingFile, *, folder: Path) -> ArchivedFile:
    """Keep a copy of a file beside those of figures, likewise.

    :raises SourceUnavailable: there is no room for it.
    """
    return _store_chunks(file.name, file.role, [file.content], folder)


def _store_chunks(name: str, role: str, chunks: Iterable[bytes], folder: Path) -> ArchivedFile:
    digest, size = sha256(), 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial_file(folder) as copy:
            for chunk in chunks:
                digest.update(chunk)
                size += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            place = archive_path(folder, digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            Path(copy.name).rename(place)
        _fsync_folder(place.parent)
    except OSError as error:
        raise SourceUnavailable(f"{name} cannot be kept in {folder}: {error.strerror or error}") from error
    return ArchivedFile(name, place.name, size, place, role)


def _read_chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(COPY_CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise InvalidFile(path.name, [FileError(f"the file cannot be read: {error.strerror or error}")]) from error


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
