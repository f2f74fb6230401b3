"""CSV (RFC 4180): UTF-8, a header line, commas, CR LF; null is empty, members of a list are separated by semicolons.

Numbers are bare. Text is in quotes only where necessary. Text that a spreadsheet would execute as a formula is preceded
by an apostrophe, also after a semicolon or a tab, which separate the cells of a line in other locales, quotes or not.
"""

import re
from collections.abc import Iterable, Iterator

import pyarrow as pa

from service.api.exports.text_columns import format_column, join_lines

LINE_END = "\r\n"
_FORMULA_START = re.compile(r"(^|[;\t\r\n])(?=[=+@\t\r-])")
_SPECIAL_CHARACTERS = re.compile('[",\r\n]')


def encode(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield the header line, then the lines of each batch."""
    yield (",".join(schema.names) + LINE_END).encode()
    for batch in batches:
        cells = [format_column(column, _format_cell) for column in batch.columns]
        yield join_lines(cells, null_text="", line_end=LINE_END, separator=",")


def _format_cell(value: str | list[str]) -> str:
    text = ";".join(value) if isinstance(value, list) else value
    safe_text = _FORMULA_START.sub(r"\1'", text)
    return '"' + safe_text.replace('"', '""') + '"' if _SPECIAL_CHARACTERS.search(safe_text) else safe_text
