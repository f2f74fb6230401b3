"""Bounds of a file, so that no file occupies a load without end."""

import time
from dataclasses import dataclass, field

from service.errors import FileError, InvalidFile

MAX_FILE_FIGURES = 200_000_000
MAX_COLUMNS = 1000
MAX_CELL_CHARACTERS = 10_000
MAX_EMPTY_LINES = 10_000
MAX_PARSE_S = 3600.0


def row_error(cells: list[str]) -> str | None:
    """Return the rule that a row breaks by its size; null for a valid row."""
    if len(cells) > MAX_COLUMNS:
        return f"has more than {MAX_COLUMNS} columns"
    if any(len(cell) > MAX_CELL_CHARACTERS for cell in cells):
        return f"has a cell of more than {MAX_CELL_CHARACTERS} characters"
    return None


@dataclass
class ParseBudget:
    """The rows and the time that the parsing of one file may still take; errors call the file `name`."""

    name: str
    row_count: int = 0
    end_s: float = field(default_factory=lambda: time.monotonic() + MAX_PARSE_S)

    def use(self, row_count: int) -> None:
        """Count rows that were parsed.

        :raises InvalidFile: these are too many, or parsing took too long.
        """
        self.row_count += row_count
        if self.row_count > MAX_FILE_FIGURES:
            raise InvalidFile(self.name, [FileError(f"has more than {MAX_FILE_FIGURES} figures; split the file")])
        if time.monotonic() > self.end_s:
            raise InvalidFile(self.name, [FileError(f"takes longer than {MAX_PARSE_S:.0f} s to parse; split the file")])
