"""The report of a parsed file: errors, unknown codes, rounded values."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from service.errors import FileError, InvalidFile
from service.ingest.validation.record import InvalidCell

MAX_REPORTED_PER_RULE = 100


class RoundingSummary(NamedTuple):
    """The number of rounded values in a column, the largest rounding difference, and the line of the first value.

    The difference is in units of the dataset.
    """

    value_count: int
    max_difference: Decimal
    first_line: int


@dataclass
class LoadReport:
    """The errors in a file, the rows that are not loaded, and the values that were rounded.

    A file with an error is refused. `errors` has the first MAX_REPORTED_PER_RULE errors of each validation rule;
    `error_counts` counts all errors by rule.

    `skipped_rows` counts rows that are not loaded, by the description of their kind, such as `rows of flow FM, a part
    of another flow`. `first_lines` has, for each description, the line number of the first such row. `breakdown_rows`
    counts other rows that are not loaded, because only the total of their breakdown is. `rounding_by_column` summarizes
    the rounded values of each column.
    """

    file_name: str
    errors: list[FileError] = field(default_factory=list)
    error_counts: Counter[str] = field(default_factory=Counter)
    skipped_rows: Counter[str] = field(default_factory=Counter)
    breakdown_rows: int = 0
    first_lines: dict[str, int] = field(default_factory=dict)
    rounding_by_column: dict[str, RoundingSummary] = field(default_factory=dict)

    def add_error(self, error: FileError) -> None:
        """Count an error, and list it if it is among the first MAX_REPORTED_PER_RULE of its rule."""
        self.error_counts[error.rule] += 1
        if self.error_counts[error.rule] <= MAX_REPORTED_PER_RULE:
            self.errors.append(error)

    def add_invalid_cell(self, error: InvalidCell, *, line: int) -> None:
        """Add the error of an invalid cell in a line, as `add_error` does."""
        self.add_error(FileError(str(error), line=line, column=error.column, value=error.text))

    def add_skipped_row(self, description: str, *, line: int) -> None:
        """Count a row that is not loaded, because the figure of another row contains its figure.

        `description` is the kind of row in the warning, such as `rows of flow FM, a part of another flow`.
        """
        self.skipped_rows[description] += 1
        self.first_lines.setdefault(description, line)

    def add_rounding(self, column: str, difference: Decimal, *, line: int) -> None:
        """Record that rounding to whole units of the dataset changed a value by `difference`; zero is ignored."""
        if difference:
            summary = self.rounding_by_column.get(column, RoundingSummary(0, Decimal(0), line))
            self.rounding_by_column[column] = RoundingSummary(
                summary.value_count + 1, max(summary.max_difference, abs(difference)), summary.first_line
            )

    def raise_if_invalid(self) -> None:
        """Check that the file has no errors.

        :raises InvalidFile: the report has an error.
        """
        if self.errors:
            raise InvalidFile(self.file_name, self.errors, error_count=self.error_counts.total())

    def warnings(self) -> list[str]:
        """Return a warning for each kind of skipped rows, then one for each column with rounded values."""
        skipped = [
            f"{self.file_name}: {count} {description} skipped, first in line {self.first_lines[description]}"
            for description, count in self.skipped_rows.most_common(MAX_REPORTED_PER_RULE)
        ]
        rounded = [
            f"{self.file_name}: {values} values of {column} rounded to whole units of the dataset, by at most "
            f"{most.normalize():f}, first in line {first_line}"
            for column, (values, most, first_line) in self.rounding_by_column.items()
        ]
        return skipped + rounded
