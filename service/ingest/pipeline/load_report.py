"""What was found wrong with a file while it was read."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from service.errors import BadFile, Defect, shown
from service.ingest.validation.record import NotAFigureError

MOST_OF_EACH_KIND = 100


class Rounded(NamedTuple):
    """How many values of a column were rounded, by how many units of the dataset at most, and the line of the first."""

    values: int
    most: Decimal
    first_line: int


@dataclass
class Report:
    """Defects, which refuse the file; unknown codes, whose rows are left out and counted; values that were rounded."""

    file_name: str
    defects: list[Defect] = field(default_factory=list)
    defects_found: Counter[str] = field(default_factory=Counter)
    rows_left_out: int = 0
    unknown_codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_lines: dict[tuple[str, str], int] = field(default_factory=dict)
    rounded: dict[str, Rounded] = field(default_factory=dict)

    def defect(self, defect: Defect) -> None:
        """Note something that makes the file one that cannot be loaded; the first hundred of each rule are kept."""
        self.defects_found[defect.rule] += 1
        if self.defects_found[defect.rule] <= MOST_OF_EACH_KIND:
            self.defects.append(defect)

    def no_figure(self, error: NotAFigureError, *, line: int) -> None:
        """Note a cell that does not hold what it should."""
        self.defect(Defect(str(error), line=line, column=error.column, value=error.text))

    def unknown(self, meaning: str, word: str, *, line: int) -> None:
        """Note a row that is left out because a code in it is unknown."""
        self.rows_left_out += 1
        self.unknown_codes[meaning, word] += 1
        self.first_lines.setdefault((meaning, word), line)

    def rounding(self, column: str, by: Decimal, *, line: int) -> None:
        """Note a value that was rounded to whole units of its dataset, `by` how many of them; not where by none."""
        if by:
            before = self.rounded.get(column, Rounded(0, Decimal(0), line))
            self.rounded[column] = Rounded(before.values + 1, max(before.most, abs(by)), before.first_line)

    def refuse_defects(self) -> None:
        """Raise what was found wrong.

        :raises BadFile: there was a defect.
        """
        if self.defects:
            raise BadFile(self.file_name, self.defects, total=self.defects_found.total())

    def lines(self) -> list[str]:
        """Return what was left out, in words, the most frequent first; and what was rounded, and by how much."""
        left_out = [
            f"{self.file_name}: unknown {meaning} {shown(word)}, first in line {self.first_lines[meaning, word]}: "
            f"{count} rows left out"
            for (meaning, word), count in self.unknown_codes.most_common(MOST_OF_EACH_KIND)
        ]
        rounded = [
            f"{self.file_name}: {values} values of {column} rounded to whole units of the dataset, by at most "
            f"{most.normalize():f}, first in line {first_line}"
            for column, (values, most, first_line) in self.rounded.items()
        ]
        return left_out + rounded
