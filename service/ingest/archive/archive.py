"""The raw bytes of every file that was loaded, under their sha256; nothing is ever deleted."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from service.errors import BadFile, Defect, SourceUnavailable
from service.ingest.archive.temporary_files import partial_file, remove_partial_files

CHUNK = 1 << 20
FIGURES = "figures"


class Beside(NamedTuple):
    """A file beside those of figures, without which they are not read alike; `role` as `ReleaseFile` has it."""

    role: str
    name: str
    raw: bytes


class Archived(NamedTuple):
    """A file as it was loaded, under the name that it came with, and where its bytes are kept."""

    name: str
    sha256: str
    bytes: int
    path: Path
    role: str = FIGURES


def place_of(folder: Path, sha256: str) -> Path:
    """Return where the bytes with that sha256 are kept below `folder`."""
    return folder / sha256[:2] / sha256


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def keeping(folder: Path, *, for_good: bool) -> Iterator[Path]:
    """Yield where files are to be kept: `folder`, or one that passes away.

    What loads that were killed left unfinished in it is removed.
    """
    if for_good:
        remove_partial_files(folder)
        yield folder
        return
    with tempfile.TemporaryDirectory() as passing:
        yield Path(passing)


def archive(path: Path, *, folder: Path) -> Archived:
    """Keep a copy of the file below `folder`: written, flushed to the disk, and only then given its name.

    :raises BadFile: it cannot be read.
    :raises SourceUnavailable: there is no room for it.
    """
    return _keep(path.name, FIGURES, _chunks(path), folder)


def archive_beside(file: Beside, *, folder: Path) -> Archived:
    """Keep a copy of a file beside those of figures, likewise.

    :raises SourceUnavailable: there is no room for it.
    """
    return _keep(file.name, file.role, [file.raw], folder)


def _keep(name: str, role: str, chunks: Iterable[bytes], folder: Path) -> Archived:
    digest, size = sha256(), 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial_file(folder) as copy:
            for chunk in chunks:
                digest.update(chunk)
                size += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            place = place_of(folder, digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            Path(copy.name).rename(place)
        _flush(place.parent)
    except OSError as error:
        raise SourceUnavailable(f"{name} cannot be kept in {folder}: {error.strerror or error}") from error
    return Archived(name, place.name, size, place, role)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise BadFile(path.name, [Defect(f"the file cannot be read: {error.strerror or error}")]) from error


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
