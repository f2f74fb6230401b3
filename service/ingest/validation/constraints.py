"""Constraints on figures: one figure per cell, and no period in the future."""

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
"""Maximum number of lines with the same cell that an error names."""

MAX_UNCHECKED_ROWS = 200_000
"""Number of figures of one period and flow that are always accepted before the check for duplicates."""


@dataclass
class DuplicateCheck:
    """A check for cells with more than one figure.

    `lines` has the line numbers of the first such cells, `duplicate_count` counts all of them.
    """

    lines: list[list[int]] = field(default_factory=list)
    duplicate_count: int = 0

    def add(self, figures: pa.Table) -> None:
        """Record the cells with several figures among the figures of one period and flow, sorted by cell."""
        keys = cell_keys(figures)
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        sizes = np.diff(starts, append=len(keys))
        if not (repeated := np.flatnonzero(sizes > 1)).size:
            return
        lines = numpy_array(figures["line"])
        self.duplicate_count += len(repeated)
        first_lines = np.minimum.reduceat(lines, starts)[repeated]
        reported = repeated[np.argsort(first_lines, kind="stable")[:MAX_REPORTED_ERRORS]]
        duplicates = [np.sort(lines[starts[n] : starts[n] + sizes[n]])[:MAX_LINES_PER_CELL].tolist() for n in reported]
        self.lines = sorted([*self.lines, *duplicates])[:MAX_REPORTED_ERRORS]

    def raise_if_any(self, file_name: str) -> None:
        """Check that no cell with several figures was recorded.

        :raises InvalidFile: a cell has more than one figure; the error names the lines.
        """
        if self.duplicate_count:
            errors = [
                FileError(f"has the same cell as line {', '.join(map(str, lines[:-1]))}", line=lines[-1])
                for lines in self.lines
            ]
            raise InvalidFile(file_name, errors, error_count=self.duplicate_count)


def check_rows_per_period(spill_file: SpillFile, keys: Iterable[PeriodFlow], *, file_name: str) -> None:
    """Check that no period and flow has more figures than there are combinations of partner and commodity.

    This bounds the memory that one period needs. Up to `MAX_UNCHECKED_ROWS` figures are always allowed.

    :raises InvalidFile: there are too many figures; the error names lines of duplicate cells.
    """
    max_rows = max(MAX_UNCHECKED_ROWS, len(spill_file.partner_ids) * len(spill_file.commodity_ids))
    for key in keys:
        if spill_file.count_rows(key) > max_rows:
            duplicates = DuplicateCheck()
            duplicates.add(spill_file.read(key))
            duplicates.raise_if_any(file_name)


def check_not_in_future(spill_file: SpillFile, *, file_name: str, published_on: date) -> None:
    """Check that no figure has a period that begins after the publication date.

    :raises InvalidFile: there is such a figure; the error names the lines.
    """
    future_keys = [key for key in spill_file.period_flows() if key.period > month_number(published_on)]
    if future_keys:
        errors = [error for key in future_keys for error in _future_period_errors(spill_file, key)]
        total = sum(map(spill_file.count_rows, future_keys))
        raise InvalidFile(
            file_name, sorted(errors, key=lambda error: error.line or 0)[:MAX_REPORTED_ERRORS], error_count=total
        )


def _future_period_errors(spill_file: SpillFile, key: PeriodFlow) -> list[FileError]:
    lines = np.sort(numpy_array(spill_file.read(key)["line"]))[:MAX_REPORTED_ERRORS].tolist()
    value = period_text(key.period, months=1)
    return [FileError("begins after the publication date", line=line, value=value) for line in lines]
