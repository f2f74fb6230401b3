"""The archive: the raw bytes of every loaded file, stored under their sha256 and never deleted."""

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
    """A file that is needed to parse figures, such as a mapping; `role` has the same values as `ReleaseFile.role`."""

    role: str
    name: str
    content: bytes


class ArchivedFile(NamedTuple):
    """A file in the archive: its original name, and the path at which the archive holds its bytes.

    `role` has the same values as `ReleaseFile.role`.
    """

    name: str
    sha256: str
    size_bytes: int
    path: Path
    role: str = FIGURES_ROLE


def archive_path(folder: Path, sha256: str) -> Path:
    """Return the path at which the archive `folder` holds the file with this sha256."""
    return folder / sha256[:2] / sha256


def file_sha256(path: Path) -> str:
    """Return the sha256 of the file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def archive_errors(files: Iterable[ArchivedFile]) -> Iterator[str]:
    """Yield the reason why the archive no longer has the bytes of a file, for each such file."""
    for file in files:
        try:
            if file_sha256(file.path) != file.sha256:
                yield f"the archived bytes of {file.name} are not those that were loaded: {file.path}"
        except FileNotFoundError:
            yield f"the archive lacks the bytes of {file.name}, {file.sha256}"
        except OSError as error:
            yield f"the archived bytes of {file.name} cannot be read: {error.strerror or error}: {file.path}"


@contextmanager
def open_archive(folder: Path, *, permanent: bool) -> Iterator[Path]:
    """Yield the archive folder if `permanent` is set, else a temporary folder, as for a dry run.

    Partial files that killed loads left in the archive are removed.
    """
    if permanent:
        remove_partial_files(folder)
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary_folder:
        yield Path(temporary_folder)


def archive_file(path: Path, *, folder: Path) -> ArchivedFile:
    """Copy a file with figures into the archive `folder`. The copy gets its name after it is flushed to the disk.

    :raises InvalidFile: the file cannot be read.
    :raises SourceUnavailable: the copy cannot be written, for example because the disk is full.
    """
    return _store_chunks(path.name, FIGURES_ROLE, _read_chunks(path), folder)


def archive_supporting_file(file: SupportingFile, *, folder: Path) -> ArchivedFile:
    """Store a supporting file in the archive `folder`, as `archive_file` does.

    :raises SourceUnavailable: the copy cannot be written, for example because the disk is full.
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
            path_in_archive = archive_path(folder, digest.hexdigest())
            path_in_archive.parent.mkdir(exist_ok=True)
            Path(copy.name).rename(path_in_archive)
        _fsync_folder(path_in_archive.parent)
    except OSError as error:
        raise SourceUnavailable(f"{name} cannot be stored in {folder}: {error.strerror or error}") from error
    return ArchivedFile(name, path_in_archive.name, size, path_in_archive, role)


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
