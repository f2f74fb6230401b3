"""Bounds on the contents and the parsing time of a file, so that every load ends."""

import time
from dataclasses import dataclass, field

from service.errors import FileError, InvalidFile

MAX_FILE_FIGURES = 200_000_000
MAX_COLUMNS = 1000
MAX_CELL_CHARACTERS = 10_000
MAX_EMPTY_LINES = 10_000
MAX_PARSE_S = 3600.0


def row_error(cells: list[str]) -> str | None:
    """Return the defect of a row with too many columns or a cell that is too long; null for any other row."""
    if len(cells) > MAX_COLUMNS:
        return f"has more than {MAX_COLUMNS} columns"
    if any(len(cell) > MAX_CELL_CHARACTERS for cell in cells):
        return f"has a cell of more than {MAX_CELL_CHARACTERS} characters"
    return None


@dataclass
class ParseBudget:
    """The limits of parsing one file; errors call the file `name`.

    `row_count` is the number of rows so far, `end_s` the monotonic time by which parsing must end.
    """

    name: str
    row_count: int = 0
    end_s: float = field(default_factory=lambda: time.monotonic() + MAX_PARSE_S)

    def use(self, row_count: int) -> None:
        """Add `row_count` to the number of parsed rows.

        :raises InvalidFile: the file has too many figures, or its parsing took too long.
        """
        self.row_count += row_count
        if self.row_count > MAX_FILE_FIGURES:
            raise InvalidFile(self.name, [FileError(f"has more than {MAX_FILE_FIGURES} figures; split the file")])
        if time.monotonic() > self.end_s:
            raise InvalidFile(self.name, [FileError(f"takes longer than {MAX_PARSE_S:.0f} s to parse; split the file")])
