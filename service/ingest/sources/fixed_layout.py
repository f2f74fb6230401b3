"""What the sources of fixed layout share: columns found by name, and rows read with what is wrong with them noted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from service.errors import BadFile, Defect
from service.ingest.pipeline.load_report import Report
from service.ingest.validation.record import NotAFigureError, Record, decimal_from, whole_from, within_bounds

NONE = {"", "NA", "N/A"}
Cells = Mapping[str, str]
Row = tuple[int, list[str]]
Line = tuple[int, Cells]


def by_name(
    lines: Iterator[Row], report: Report, *, required: Sequence[str], extra_comma: bool = False
) -> Iterator[Line]:
    """Yield the number of each line and its cells by the name of their column; lines as in `in_shape`.

    :raises BadFile: the header lacks a required column, or has it twice.
    """
    header = _header(lines, report, required)
    for number, cells in in_shape(lines, header, report, extra_comma=extra_comma):
        yield number, dict(zip(header, cells, strict=True))


def in_shape(lines: Iterator[Row], header: list[str], report: Report, *, extra_comma: bool = False) -> Iterator[Row]:
    """Yield the lines that have the shape of the header.

    A line that is the header again, or has more or fewer cells, is noted in the report and left out. With
    `extra_comma` lines may end in one comma more than the header, as UN Comtrade's do.
    """
    for number, cells in lines:
        if extra_comma and len(cells) == len(header) + 1 and not cells[-1]:
            cells = cells[:-1]  # noqa: PLW2901 - the same row without what is no cell
        if len(cells) != len(header):
            report.defect(Defect(f"has {len(cells)} cells where the header has {len(header)}", line=number))
        elif cells == header:
            report.defect(Defect("is the header again: the file is put together from several", line=number))
        else:
            yield number, cells


def _header(lines: Iterator[Row], report: Report, required: Sequence[str]) -> list[str]:
    number, header = next(lines)
    missing = [name for name in required if name not in header]
    twice = [name for name in required if header.count(name) > 1]
    faults = [f"lacks {', '.join(missing)}: it is that of another source"] if missing else []
    faults += [f"has {', '.join(twice)} twice"] if twice else []
    if faults:
        defects = [Defect(f"the header {fault}", line=number, value=",".join(header)) for fault in faults]
        raise BadFile(report.file_name, defects)
    return header


def figures(lines: Iterator[Line], report: Report, *, read: Callable[[int, Cells], Record | None]) -> Iterator[Record]:
    """Yield what `read` makes of each line; what is no figure is noted in the report."""
    for number, cells in lines:
        try:
            record = read(number, cells)
        except NotAFigureError as error:
            report.no_figure(error, line=number)
            continue
        if record is not None:
            yield record


def key_of(keys: Mapping[str, int], word: str, *, meaning: str, line: int, report: Report) -> int | None:
    """Return the key of a code; null, and a note in the report, where it is unknown."""
    key = keys.get(word)
    if key is None:
        report.unknown(meaning, word, line=line)
    return key


def whole(cells: Cells, column: str) -> int:
    """Return a value that is printed in whole units.

    :raises NotAFigureError: it is no whole number, below zero, or too large.
    """
    value = whole_from(cells[column], column=column)
    _refuse_negative(value, cells, column)
    return value


def rounded(cells: Cells, column: str, *, line: int, report: Report, times: int = 1) -> int:
    """Return a value rounded half-even to whole units, which the report tells: some sources print converted currencies.

    :raises NotAFigureError: it is no number, below zero, or too large.
    """
    value = decimal_from(cells[column], column=column)
    _refuse_negative(value, cells, column)
    whole_units = within_bounds(round(value * times), cells[column], column=column)
    report.rounding(column, value * times - whole_units, line=line)
    return whole_units


def optional(cells: Cells, column: str, *, times: int = 1) -> Decimal | None:
    """Return a quantity, of so many times its unit; null where the cell is empty or says that there is none.

    :raises NotAFigureError: it is no number, below zero, or too large.
    """
    if cells[column] in NONE:
        return None
    quantity = decimal_from(cells[column], column=column)
    _refuse_negative(quantity, cells, column)
    return within_bounds(quantity * times, cells[column], column=column)


def _refuse_negative(number: Decimal | int, cells: Cells, column: str) -> None:
    if number < 0:
        raise NotAFigureError("is below zero, which no figure of this source can be", cells[column], column)
