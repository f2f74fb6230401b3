"""Functions that the parsers of fixed layouts share: cells by column name, and conversion of rows to records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from service.domain.flows import FLOWS
from service.errors import FileError, InvalidFile
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.validation.record import InvalidCell, Record, check_bounds, parse_decimal, parse_integer

EMPTY_CELLS = {"", "NA", "N/A"}
Cells = Mapping[str, str]
PositionalRow = tuple[int, list[str]]
NamedRow = tuple[int, Cells]


def named_rows(
    rows: Iterator[PositionalRow],
    report: LoadReport,
    *,
    required: Sequence[str],
    allow_trailing_comma: bool = False,
    aliases: Mapping[str, str] = MappingProxyType({}),
    merge_equal_columns: bool = False,
) -> Iterator[NamedRow]:
    """Yield the line number and the cells, by column name, of each row of `rows`, whose first row is the header.

    `aliases` maps lower-case spellings of column names to the names. With `merge_equal_columns`, a column can occur
    twice if its cells are equal. `well_formed_rows` describes `allow_trailing_comma` and the errors in the report.

    :raises InvalidFile: the header lacks a required column, or has it twice.
    """
    header = _check_header(rows, report, required, aliases=aliases, allow_repeated=merge_equal_columns)
    is_repeated = len(set(header)) < len(header)
    for number, cells in well_formed_rows(rows, header, report, allow_trailing_comma=allow_trailing_comma):
        row = dict(zip(header, cells, strict=True))
        if is_repeated and merge_equal_columns:
            _check_equal_columns(row, header, cells, report, number)
        yield number, row


def _check_equal_columns(row: Cells, header: list[str], cells: list[str], report: LoadReport, number: int) -> None:
    for name, cell in zip(header, cells, strict=True):
        if row[name] != cell:
            rule = f"the header has {name} twice, and the two cells differ"
            report.add_error(FileError(rule, line=number, column=name, value=f"{cell}, {row[name]}"))


def well_formed_rows(
    rows: Iterator[PositionalRow], header: list[str], report: LoadReport, *, allow_trailing_comma: bool = False
) -> Iterator[PositionalRow]:
    """Yield the rows that have as many cells as the header.

    A repeated header, and a row with more or fewer cells, are errors in the report. With `allow_trailing_comma`, a row
    may end in one comma more than the header, as in files of UN Comtrade.
    """
    for number, cells in rows:
        if allow_trailing_comma and len(cells) == len(header) + 1 and not cells[-1]:
            cells = cells[:-1]  # noqa: PLW2901 - the same row without the empty cell
        if len(cells) != len(header):
            report.add_error(FileError(f"has {len(cells)} cells where the header has {len(header)}", line=number))
        elif cells == header:
            report.add_error(FileError("repeats the header: the file was concatenated from several files", line=number))
        else:
            yield number, cells


def _check_header(
    rows: Iterator[PositionalRow],
    report: LoadReport,
    required: Sequence[str],
    *,
    aliases: Mapping[str, str],
    allow_repeated: bool,
) -> list[str]:
    number, names = next(rows)
    header = [aliases.get(name.lower(), name) for name in names]
    missing = [name for name in required if name not in header]
    repeated = [name for name in required if header.count(name) > 1]
    problems = [f"lacks {', '.join(missing)}: the file is from another source"] if missing else []
    problems += [f"has {', '.join(repeated)} twice"] if repeated and not allow_repeated else []
    if problems:
        errors = [FileError(f"the header {problem}", line=number, value=",".join(header)) for problem in problems]
        raise InvalidFile(report.file_name, errors)
    return header


def parse_records(
    rows: Iterator[NamedRow], report: LoadReport, *, parse_row: Callable[[int, Cells], Record | None]
) -> Iterator[Record]:
    """Yield the records that `parse_row` returns for the line number and cells of each row; null means no record.

    An InvalidCell that `parse_row` raises becomes an error in the report.
    """
    for number, cells in rows:
        try:
            record = parse_row(number, cells)
        except InvalidCell as error:
            report.add_invalid_cell(error, line=number)
            continue
        if record is not None:
            yield record


def flow_key(code: str, flows: Mapping[str, int] = FLOWS, *, column: str) -> int:
    """Return the key of the flow with this code in a file; `flows` has the keys by code.

    :raises InvalidCell: the code is not in `flows`; the error names `column`.
    """
    if code not in flows:
        raise InvalidCell(f"is not a flow of this source; use one of {', '.join(flows)}", code, column)
    return flows[code]


def whole_value(cells: Cells, column: str) -> int:
    """Return the value in the cell of a column, a whole number.

    :raises InvalidCell: the cell is not a whole number, is negative, or is too large.
    """
    value = parse_integer(cells[column], column=column)
    _check_not_negative(value, cells, column)
    return value


def rounded_value(cells: Cells, column: str, *, line: int, report: LoadReport, multiplier: int = 1) -> int:
    """Return the value in the cell of a column times `multiplier`, rounded half-even to a whole number.

    The report counts the values that rounding changed.

    :raises InvalidCell: the cell is not a number, is negative, or is too large.
    """
    value = parse_decimal(cells[column], column=column)
    _check_not_negative(value, cells, column)
    whole_units = check_bounds(round(value * multiplier), cells[column], column=column)
    report.add_rounding(column, value * multiplier - whole_units, line=line)
    return whole_units


def optional_quantity(cells: Cells, column: str, *, multiplier: int = 1) -> Decimal | None:
    """Return the quantity in the cell of a column times `multiplier`; null for a cell in EMPTY_CELLS.

    :raises InvalidCell: the cell is not a number, is negative, or is too large.
    """
    if cells[column] in EMPTY_CELLS:
        return None
    quantity = parse_decimal(cells[column], column=column)
    _check_not_negative(quantity, cells, column)
    return check_bounds(quantity * multiplier, cells[column], column=column)


def _check_not_negative(number: Decimal | int, cells: Cells, column: str) -> None:
    if number < 0:
        raise InvalidCell("is negative; figures of this source are not", cells[column], column)
