"""The raw bytes of every file that was loaded, under their sha256; nothing is ever deleted."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

CHUNK = 1 << 20


class Archived(NamedTuple):
    """A file as it was loaded, and where its bytes are kept."""

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
        return hashlib.file_digest(file, "sha256").hexdigest()


def archive(path: Path, *, folder: Path) -> Archived:
    """Keep a copy of the file below `folder`: written, flushed to the disk, and only then given its name."""
    sha256 = sha256_of(path)
    kept = place_of(folder, sha256)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_name(f"{sha256}.{os.getpid()}.partial")
        with path.open("rb") as original, partial.open("wb") as copy:
            shutil.copyfileobj(original, copy, CHUNK)
            copy.flush()
            os.fsync(copy.fileno())
        partial.rename(kept)
        _flush(kept.parent)
    return Archived(path.name, sha256, kept.stat().st_size, kept)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
