"""The raw bytes of every file that was loaded, under their sha256; nothing is ever deleted."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from service.errors import BadFile, Defect, SourceUnavailable

CHUNK = 1 << 20


class Archived(NamedTuple):
    """A file as it was loaded, under the name that it came with, and where its bytes are kept."""

    name: str
    sha256: str
    bytes: int
    path: Path


def place_of(folder: Path, sha256: str) -> Path:
    """Return where the bytes with that sha256 are kept below `folder`."""
    return folder / sha256[:2] / sha256


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def kept(paths: Sequence[Path], *, folder: Path, for_good: bool = True) -> Iterator[list[Archived]]:
    """Yield files as they are kept below `folder`, so that what is read is what is kept.

    :raises BadFile: one of them cannot be read.
    :raises SourceUnavailable: there is no room for them.
    """
    if for_good:
        yield [archive(path, folder=folder) for path in paths]
        return
    with tempfile.TemporaryDirectory() as passing:
        yield [archive(path, folder=Path(passing)) for path in paths]


def archive(path: Path, *, folder: Path) -> Archived:
    """Keep a copy of the file below `folder`: written, flushed to the disk, and only then given its name.

    :raises BadFile: it cannot be read.
    :raises SourceUnavailable: there is no room for it.
    """
    try:
        return _archive(path, folder)
    except OSError as error:
        raise SourceUnavailable(f"{path.name} cannot be kept in {folder}: {error.strerror or error}") from error


def _archive(path: Path, folder: Path) -> Archived:
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".partial", delete=False) as copy:
        partial = Path(copy.name)
        try:
            for chunk in _chunks(path):
                digest.update(chunk)
                size += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            place = place_of(folder, digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            partial.rename(place)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    _flush(place.parent)
    return Archived(path.name, place.name, size, place)


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
