"""Figures that cannot be: two of one cell, and such of a time to come."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from service.errors import BadFile, Defect
from service.ingest.columns import numbers
from service.ingest.spool import Slice, Spool, cells

MOST_DEFECTS = 100


@dataclass
class Duplicates:
    """The lines of each cell that more than one figure was found for, and how many such cells there are."""

    lines: list[list[int]] = field(default_factory=list)
    found: int = 0

    def look(self, figures: pa.Table) -> None:
        """Note the cells that come twice among the figures of one period and flow, which are in order."""
        keys = cells(figures)
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        if len(starts) == len(keys):
            return
        groups = np.split(numbers(figures["line"]), starts[1:])
        twice = [sorted(lines.tolist()) for lines in groups if len(lines) > 1]
        self.found += len(twice)
        self.lines = sorted([*self.lines, *twice])[:MOST_DEFECTS]

    def refuse(self, file_name: str) -> None:
        """Raise what was found, the first lines first.

        :raises BadFile: there are cells that come twice; it names their lines.
        """
        if self.found:
            defects = [
                Defect(f"speaks of the same cell as line {', '.join(map(str, lines[:-1]))}", line=lines[-1])
                for lines in self.lines
            ]
            raise BadFile(file_name, defects, total=self.found)


def refuse_later_periods(staged: Spool, *, file_name: str, published_on: date) -> None:
    """Check that no figure is of a period that begins after the day of publication.

    :raises BadFile: some are; it names their lines.
    """
    later = [key for key in staged.slices() if key.period > published_on.year * 12 + published_on.month - 1]
    if later:
        defects = [defect for key in later for defect in _of_a_time_to_come(staged, key)]
        total = sum(map(staged.rows_of, later))
        raise BadFile(file_name, sorted(defects, key=lambda defect: defect.line or 0)[:MOST_DEFECTS], total=total)


def _of_a_time_to_come(staged: Spool, key: Slice) -> list[Defect]:
    lines = np.sort(numbers(staged.read(key)["line"]))[:MOST_DEFECTS].tolist()
    value = f"{key.period // 12}-{key.period % 12 + 1:02}"
    return [Defect("begins after the day on which the file was published", line=line, value=value) for line in lines]
