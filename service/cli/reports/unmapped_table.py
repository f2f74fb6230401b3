"""The table of unmapped codes that a load prints."""

from collections.abc import Iterator, Sequence

from service.ingest.release.unmapped_totals import UnmappedFigures

MAX_PRINTED_CODES = 100
MAX_LABEL_CHARACTERS = 40
HEADER = ("unmapped", "code", "label", "rows", "value", "share of the total")


def unmapped_table(codes: Sequence[UnmappedFigures]) -> Iterator[str]:
    """Yield the lines of a table of unmapped codes, which are codes in loaded files that no code list has.

    The table has the first MAX_PRINTED_CODES of `codes` in their order; without codes it has no lines.
    """
    if not codes:
        return
    rows = [HEADER, *(_cells(code) for code in codes[:MAX_PRINTED_CODES])]
    widths = [max(len(row[index]) for row in rows) for index in range(len(HEADER))]
    for row in rows:
        texts = (cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True))
        numbers = (cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True))
        yield "  ".join((*texts, *numbers)).rstrip()
    if len(codes) > MAX_PRINTED_CODES:
        yield f"{len(codes) - MAX_PRINTED_CODES} more unmapped codes"


def _cells(code: UnmappedFigures) -> tuple[str, ...]:
    label = "".join(character for character in code.label if character.isprintable())[:MAX_LABEL_CHARACTERS]
    share = "" if code.share_pct is None else f"{code.share_pct:.4f}%"
    return code.dimension, code.source_code, label, str(code.rows), str(code.value), share
