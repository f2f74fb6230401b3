"""Figures that cannot be: two of one cell, and such of a time to come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from service.domain.periods import month_number, period_text
from service.errors import BadFile, Defect
from service.ingest.staging.arrow_columns import numbers
from service.ingest.staging.spill_file import Slice, Spool, cells

MOST_DEFECTS = 100
MOST_LINES = 10
"""How many lines that speak of one cell are named."""

HELD_WITHOUT_ASKING = 200_000
"""How many figures of one period of a flow are read before it is looked whether they can all be of different cells."""


@dataclass
class Duplicates:
    """The lines of each cell that more than one figure was found for, and how many such cells there are."""

    lines: list[list[int]] = field(default_factory=list)
    found: int = 0

    def look(self, figures: pa.Table) -> None:
        """Note the cells that come more than once among the figures of one period and flow, which are in order."""
        keys = cells(figures)
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        sizes = np.diff(starts, append=len(keys))
        if not (more := np.flatnonzero(sizes > 1)).size:
            return
        lines = numbers(figures["line"])
        self.found += len(more)
        firsts = np.minimum.reduceat(lines, starts)[more]
        chosen = more[np.argsort(firsts, kind="stable")[:MOST_DEFECTS]]
        twice = [np.sort(lines[starts[n] : starts[n] + sizes[n]])[:MOST_LINES].tolist() for n in chosen]
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


def refuse_endless_periods(staged: Spool, keys: Iterable[Slice], *, file_name: str) -> None:
    """Check that no period of a flow has more figures than there are cells of the partners and goods found so far.

    So all of a period can be held in memory. Up to `HELD_WITHOUT_ASKING` figures it can be in any case.

    :raises BadFile: one has; it names lines that speak of one cell.
    """
    most = max(HELD_WITHOUT_ASKING, len(staged.partners) * len(staged.goods))
    for key in keys:
        if staged.rows_of(key) > most:
            duplicates = Duplicates()
            duplicates.look(staged.read(key))
            duplicates.refuse(file_name)


def refuse_later_periods(staged: Spool, *, file_name: str, published_on: date) -> None:
    """Check that no figure is of a period that begins after the day of publication.

    :raises BadFile: some are; it names their lines.
    """
    later = [key for key in staged.slices() if key.period > month_number(published_on)]
    if later:
        defects = [defect for key in later for defect in _of_a_time_to_come(staged, key)]
        total = sum(map(staged.rows_of, later))
        raise BadFile(file_name, sorted(defects, key=lambda defect: defect.line or 0)[:MOST_DEFECTS], total=total)


def _of_a_time_to_come(staged: Spool, key: Slice) -> list[Defect]:
    lines = np.sort(numbers(staged.read(key)["line"]))[:MOST_DEFECTS].tolist()
    value = period_text(key.period, months=1)
    return [Defect("begins after the day on which the file was published", line=line, value=value) for line in lines]
