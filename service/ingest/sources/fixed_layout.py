"""What the sources of fixed layout share: columns found by name, and rows read with what is wrong with them noted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from service.errors import FileError, InvalidFile
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.validation.record import InvalidCell, Record, check_bounds, parse_decimal, parse_integer

EMPTY_CELLS = {"", "NA", "N/A"}
Cells = Mapping[str, str]
PositionalRow = tuple[int, list[str]]
NamedRow = tuple[int, Cells]


def named_rows(
    rows: Iterator[PositionalRow], report: LoadReport, *, required: Sequence[str], allow_trailing_comma: bool = False
) -> Iterator[NamedRow]:
    """Yield the number of each line and its cells by the name of their column; lines as in `in_shape`.

    :raises BadFile: the header lacks a required column, or has it twice.
    """
    header = _check_header(rows, report, required)
    for number, cells in well_formed_rows(rows, header, report, allow_trailing_comma=allow_trailing_comma):
        yield number, dict(zip(header, cells, strict=True))


def well_formed_rows(
    rows: Iterator[PositionalRow], header: list[str], report: LoadReport, *, allow_trailing_comma: bool = False
) -> Iterator[PositionalRow]:
    """Yield the lines that have the shape of the header.

    A line that is the header again, or has more or fewer cells, is noted in the report and left out. With
    `extra_comma` lines may end in one comma more than the header, as UN Comtrade's do.
    """
    for number, cells in rows:
        if allow_trailing_comma and len(cells) == len(header) + 1 and not cells[-1]:
            cells = cells[:-1]  # noqa: PLW2901 - the same row without what is no cell
        if len(cells) != len(header):
            report.add_error(FileError(f"has {len(cells)} cells where the header has {len(header)}", line=number))
        elif cells == header:
            report.add_error(FileError("is the header again: the file is put together from several", line=number))
        else:
            yield number, cells


def _check_header(rows: Iterator[PositionalRow], report: LoadReport, required: Sequence[str]) -> list[str]:
    number, header = next(rows)
    missing = [name for name in required if name not in header]
    twice = [name for name in required if header.count(name) > 1]
    faults = [f"lacks {', '.join(missing)}: it is that of another source"] if missing else []
    faults += [f"has {', '.join(twice)} twice"] if twice else []
    if faults:
        defects = [FileError(f"the header {fault}", line=number, value=",".join(header)) for fault in faults]
        raise InvalidFile(report.file_name, defects)
    return header


def parse_records(
    rows: Iterator[NamedRow], report: LoadReport, *, parse_row: Callable[[int, Cells], Record | None]
) -> Iterator[Record]:
    """Yield what `read` makes of each line; what is no figure is noted in the report."""
    for number, cells in rows:
        try:
            record = parse_row(number, cells)
        except InvalidCell as error:
            report.add_invalid_cell(error, line=number)
            continue
        if record is not None:
            yield record


def lookup_key(keys: Mapping[str, int], code: str, *, dimension: str, line: int, report: LoadReport) -> int | None:
    """Return the key of a code; null, and a note in the report, where it is unknown."""
    key = keys.get(code)
    if key is None:
        report.add_unknown_code(dimension, code, line=line)
    return key


def whole_value(cells: Cells, column: str) -> int:
    """Return a value that is printed in whole units.

    :raises NotAFigureError: it is no whole number, below zero, or too large.
    """
    value = parse_integer(cells[column], column=column)
    _check_not_negative(value, cells, column)
    return value


def rounded_value(cells: Cells, column: str, *, line: int, report: LoadReport, multiplier: int = 1) -> int:
    """Return a value rounded half-even to whole units, which the report tells: some sources print converted currencies.

    :raises NotAFigureError: it is no number, below zero, or too large.
    """
    value = parse_decimal(cells[column], column=column)
    _check_not_negative(value, cells, column)
    whole_units = check_bounds(round(value * multiplier), cells[column], column=column)
    report.add_rounding(column, value * multiplier - whole_units, line=line)
    return whole_units


def optional_quantity(cells: Cells, column: str, *, multiplier: int = 1) -> Decimal | None:
    """Return a quantity, of so many times its unit; null where the cell is empty or says that there is none.

    :raises NotAFigureError: it is no number, below zero, or too large.
    """
    if cells[column] in EMPTY_CELLS:
        return None
    quantity = parse_decimal(cells[column], column=column)
    _check_not_negative(quantity, cells, column)
    return check_bounds(quantity * multiplier, cells[column], column=column)


def _check_not_negative(number: Decimal | int, cells: Cells, column: str) -> None:
    if number < 0:
        raise InvalidCell("is below zero, which no figure of this source can be", cells[column], column)
