"""NDJSON: one JSON object a line, with the same names and values as a row in JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from service.api.exports.text_columns import format_column, join_lines


def encode(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield a JSON object in a line for each row; the lines of a batch are yielded together, as bytes."""
    for batch in batches:
        parts: list[pa.StringArray | str] = []
        for name, column in zip(schema.names, batch.columns, strict=True):
            parts += [f'{"," if parts else "{"}"{name}":', format_column(column, _encode_value)]
        yield join_lines(parts, null_text="null", line_end="}\n")


def _encode_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
