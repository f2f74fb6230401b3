"""Partial files: archive files that are still being written.

The writing process locks its file. A file without a lock was left by a killed load and can be removed.
"""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PARTIAL_SUFFIX = ".partial"


@contextmanager
def partial_file(folder: Path) -> Iterator[IO[bytes]]:
    """Yield a new locked file in `folder`. It is removed at the end, unless the caller has renamed it."""
    file = _create_locked_file(folder)
    try:
        yield file
    finally:
        Path(file.name).unlink(missing_ok=True)
        file.close()


def _create_locked_file(folder: Path) -> IO[bytes]:
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, suffix=PARTIAL_SUFFIX, delete=False)  # noqa: SIM115 - the caller closes it
        fcntl.flock(file, fcntl.LOCK_EX)
        if Path(file.name).exists():
            return file
        file.close()  # removed by another process before it was locked


def remove_partial_files(folder: Path) -> int:
    """Remove the partial files in `folder` that no process is writing; return how many were removed."""
    return sum(_remove_if_unlocked(path) for path in folder.glob(f"*{PARTIAL_SUFFIX}"))


def _remove_if_unlocked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError, PermissionError):
        return False
    return True
