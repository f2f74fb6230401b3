"""How much memory processes take, as Linux counts it."""

import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def children(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and those that they started."""
    for task in (PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from children(int(child))


def workers(pid: int) -> list[int]:
    """Return the processes below `pid` that started none: those that answer."""
    below = list(children(pid))
    return [child for child in below if not list(children(child))]


def peak_mb(pid: int) -> float:
    """Return the most memory that a process has held at once, shared pages among it."""
    return _kilobytes(PROC / str(pid) / "status", "VmHWM") / 1024


def forget_peak(pid: int) -> None:
    """Let the peak begin anew."""
    (PROC / str(pid) / "clear_refs").write_text("5")


def proportional_mb(pid: int) -> float:
    """Return the memory of a process, of each shared page its part."""
    return _kilobytes(PROC / str(pid) / "smaps_rollup", "Pss") / 1024


def _kilobytes(file: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", file.read_text(), flags=re.MULTILINE)
    assert found is not None, file
    return int(found.group(1))
