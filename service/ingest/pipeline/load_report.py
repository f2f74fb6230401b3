"""What was found wrong with a file while it was read."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from service.errors import FileError, InvalidFile, quote_for_report
from service.ingest.validation.record import InvalidCell

MAX_REPORTED_PER_RULE = 100


class RoundingSummary(NamedTuple):
    """How many values of a column were rounded, by how many units of the dataset at most, and the line of the first."""

    value_count: int
    max_difference: Decimal
    first_line: int


@dataclass
class LoadReport:
    """Defects, which refuse the file; unknown codes, whose rows are left out and counted; values that were rounded."""

    file_name: str
    errors: list[FileError] = field(default_factory=list)
    error_counts: Counter[str] = field(default_factory=Counter)
    skipped_rows: int = 0
    unknown_codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_lines: dict[tuple[str, str], int] = field(default_factory=dict)
    rounding_by_column: dict[str, RoundingSummary] = field(default_factory=dict)

    def add_error(self, error: FileError) -> None:
        """Note something that makes the file one that cannot be loaded; the first hundred of each rule are kept."""
        self.error_counts[error.rule] += 1
        if self.error_counts[error.rule] <= MAX_REPORTED_PER_RULE:
            self.errors.append(error)

    def add_invalid_cell(self, error: InvalidCell, *, line: int) -> None:
        """Note a cell that does not hold what it should."""
        self.add_error(FileError(str(error), line=line, column=error.column, value=error.text))

    def add_unknown_code(self, dimension: str, code: str, *, line: int) -> None:
        """Note a row that is left out because a code in it is unknown."""
        self.skipped_rows += 1
        self.unknown_codes[dimension, code] += 1
        self.first_lines.setdefault((dimension, code), line)

    def add_rounding(self, column: str, difference: Decimal, *, line: int) -> None:
        """Note a value that was rounded to whole units of its dataset, `by` how many of them; not where by none."""
        if difference:
            before = self.rounding_by_column.get(column, RoundingSummary(0, Decimal(0), line))
            self.rounding_by_column[column] = RoundingSummary(
                before.value_count + 1, max(before.max_difference, abs(difference)), before.first_line
            )

    def raise_if_invalid(self) -> None:
        """Raise what was found wrong.

        :raises BadFile: there was a defect.
        """
        if self.errors:
            raise InvalidFile(self.file_name, self.errors, error_count=self.error_counts.total())

    def warnings(self) -> list[str]:
        """Return what was left out, in words, the most frequent first; and what was rounded, and by how much."""
        left_out = [
            f"{self.file_name}: unknown {meaning} {quote_for_report(word)}, first in line "
            f"{self.first_lines[meaning, word]}: "
            f"{count} rows left out"
            for (meaning, word), count in self.unknown_codes.most_common(MAX_REPORTED_PER_RULE)
        ]
        rounded = [
            f"{self.file_name}: {values} values of {column} rounded to whole units of the dataset, by at most "
            f"{most.normalize():f}, first in line {first_line}"
            for column, (values, most, first_line) in self.rounding_by_column.items()
        ]
        return left_out + rounded
