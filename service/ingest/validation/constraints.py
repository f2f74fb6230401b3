"""Figures that cannot be: two of one cell, and such of a time to come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from service.domain.periods import month_number, period_text
from service.errors import FileError, InvalidFile
from service.ingest.staging.arrow_columns import numpy_array
from service.ingest.staging.spill_file import PeriodFlow, SpillFile, cell_keys

MAX_REPORTED_ERRORS = 100
MAX_LINES_PER_CELL = 10
"""How many lines that speak of one cell are named."""

MAX_UNCHECKED_ROWS = 200_000
"""How many figures of one period of a flow are read before it is looked whether they can all be of different cells."""


@dataclass
class DuplicateCheck:
    """The lines of each cell that more than one figure was found for, and how many such cells there are."""

    lines: list[list[int]] = field(default_factory=list)
    duplicate_count: int = 0

    def add(self, figures: pa.Table) -> None:
        """Note the cells that come more than once among the figures of one period and flow, which are in order."""
        keys = cell_keys(figures)
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        sizes = np.diff(starts, append=len(keys))
        if not (more := np.flatnonzero(sizes > 1)).size:
            return
        lines = numpy_array(figures["line"])
        self.duplicate_count += len(more)
        firsts = np.minimum.reduceat(lines, starts)[more]
        chosen = more[np.argsort(firsts, kind="stable")[:MAX_REPORTED_ERRORS]]
        twice = [np.sort(lines[starts[n] : starts[n] + sizes[n]])[:MAX_LINES_PER_CELL].tolist() for n in chosen]
        self.lines = sorted([*self.lines, *twice])[:MAX_REPORTED_ERRORS]

    def raise_if_any(self, file_name: str) -> None:
        """Raise what was found, the first lines first.

        :raises BadFile: there are cells that come twice; it names their lines.
        """
        if self.duplicate_count:
            defects = [
                FileError(f"speaks of the same cell as line {', '.join(map(str, lines[:-1]))}", line=lines[-1])
                for lines in self.lines
            ]
            raise InvalidFile(file_name, defects, error_count=self.duplicate_count)


def check_rows_per_period(spill_file: SpillFile, keys: Iterable[PeriodFlow], *, file_name: str) -> None:
    """Check that no period of a flow has more figures than there are cells of the partners and goods found so far.

    So all of a period can be held in memory. Up to `HELD_WITHOUT_ASKING` figures it can be in any case.

    :raises BadFile: one has; it names lines that speak of one cell.
    """
    most = max(MAX_UNCHECKED_ROWS, len(spill_file.partner_ids) * len(spill_file.commodity_ids))
    for key in keys:
        if spill_file.count_rows(key) > most:
            duplicates = DuplicateCheck()
            duplicates.add(spill_file.read(key))
            duplicates.raise_if_any(file_name)


def check_not_in_future(spill_file: SpillFile, *, file_name: str, published_on: date) -> None:
    """Check that no figure is of a period that begins after the day of publication.

    :raises BadFile: some are; it names their lines.
    """
    later = [key for key in spill_file.period_flows() if key.period > month_number(published_on)]
    if later:
        defects = [defect for key in later for defect in _future_period_errors(spill_file, key)]
        total = sum(map(spill_file.count_rows, later))
        raise InvalidFile(
            file_name, sorted(defects, key=lambda defect: defect.line or 0)[:MAX_REPORTED_ERRORS], error_count=total
        )


def _future_period_errors(spill_file: SpillFile, key: PeriodFlow) -> list[FileError]:
    lines = np.sort(numpy_array(spill_file.read(key)["line"]))[:MAX_REPORTED_ERRORS].tolist()
    value = period_text(key.period, months=1)
    return [FileError("begins after the day on which the file was published", line=line, value=value) for line in lines]
