"""CSV (RFC 4180) in UTF-8, with a header line, commas, and CR LF; null is empty, semicolons separate members of a list.

Numbers have no quotes, text only where necessary. An apostrophe precedes text that a spreadsheet would execute as a
formula. It also does so after a semicolon or a tab, which separate cells in some locales even within quotes.
"""

import re
from collections.abc import Iterable, Iterator

import pyarrow as pa

from service.api.exports.text_columns import format_column, join_lines

LINE_END = "\r\n"
_FORMULA_START = re.compile(r"(^|[;\t\r\n])(?=[=+@\t\r-])")
_SPECIAL_CHARACTERS = re.compile('[",\r\n]')


def encode(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield the header line of a CSV file, then the lines of each batch, as bytes."""
    yield (",".join(schema.names) + LINE_END).encode()
    for batch in batches:
        cells = [format_column(column, _format_cell) for column in batch.columns]
        yield join_lines(cells, null_text="", line_end=LINE_END, separator=",")


def _format_cell(value: str | list[str]) -> str:
    text = ";".join(value) if isinstance(value, list) else value
    safe_text = _FORMULA_START.sub(r"\1'", text)
    return '"' + safe_text.replace('"', '""') + '"' if _SPECIAL_CHARACTERS.search(safe_text) else safe_text
