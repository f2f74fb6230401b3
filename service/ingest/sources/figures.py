"""What the sources of fixed layout share: columns found by name, and rows read with what is wrong with them noted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from service.errors import BadFile, Defect
from service.ingest.records import NotAFigureError, Record, decimal_from
from service.ingest.report import Report

Cells = Mapping[str, str]
Line = tuple[int, Cells]


def by_name(
    lines: Iterator[tuple[int, list[str]]], *, file_name: str, required: Sequence[str], extra_comma: bool = False
) -> Iterator[Line]:
    """Yield the number of each line and its cells by the name of their column.

    With `extra_comma` rows may end in one comma more than the header, as UN Comtrade's do.

    :raises BadFile: the header lacks a required column, or a row has more or fewer cells than the header.
    """
    _, header = next(lines)
    missing = [name for name in required if name not in header]
    if missing:
        rule = f"the header lacks {', '.join(missing)}: it is that of another source"
        raise BadFile(file_name, [Defect(rule, line=1, value=",".join(header)[:200])])
    for number, cells in lines:
        if extra_comma and len(cells) == len(header) + 1 and not cells[-1]:
            cells = cells[:-1]  # noqa: PLW2901 - the same row without what is no cell
        if len(cells) != len(header):
            rule = f"has {len(cells)} cells where the header has {len(header)}"
            raise BadFile(file_name, [Defect(rule, line=number)])
        yield number, dict(zip(header, cells, strict=True))


def figures(lines: Iterator[Line], report: Report, *, read: Callable[[int, Cells], Record | None]) -> Iterator[Record]:
    """Yield what `read` makes of each line; what is no figure is noted in the report."""
    for number, cells in lines:
        try:
            record = read(number, cells)
        except NotAFigureError as error:
            report.defect(Defect(str(error), line=number, value=error.text))
            continue
        if record is not None:
            yield record


def key_of(keys: Mapping[str, int], word: str, *, meaning: str, line: int, report: Report) -> int | None:
    """Return the key of a code; null, and a note in the report, where it is unknown."""
    key = keys.get(word)
    if key is None:
        report.unknown(meaning, word, line=line)
    return key


def whole_units(text: str) -> int:
    """Return a value rounded half-even to whole units: some sources print decimals of converted currencies."""
    return round(decimal_from(text))


def optional(text: str) -> Decimal | None:
    """Return a quantity; null where the cell is empty or says that there is none."""
    return None if text in {"", "NA", "N/A"} else decimal_from(text)
