"""Parquet: each column in its own type, with its description and unit as metadata; compressed by zstd."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyarrow import parquet

MIN_ROW_GROUP_ROWS = 16_384
"""Rows that are collected into a row group: few enough for memory, enough for fast reading."""


def encode(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield a Parquet file of the rows in chunks, one for each row group; the last chunk is the footer."""
    buffer = _Buffer()
    with parquet.ParquetWriter(buffer, schema, compression="zstd") as writer:
        for group in _row_groups(batches, schema):
            writer.write_table(group, row_group_size=MIN_ROW_GROUP_ROWS)
            yield buffer.drain()
    yield buffer.drain()


def _row_groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    pending: list[pa.RecordBatch] = []
    for batch in batches:
        pending.append(batch.cast(schema))
        if sum(part.num_rows for part in pending) >= MIN_ROW_GROUP_ROWS:
            yield pa.Table.from_batches(pending)
            pending = []
    if pending:
        yield pa.Table.from_batches(pending)


class _Buffer(io.RawIOBase):
    """A file that hands over its bytes and retains none."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self._chunks.append(bytes(chunk))
        return len(chunk)

    def drain(self) -> bytes:
        """Return the bytes that were written since the last call."""
        written_bytes = b"".join(self._chunks)
        self._chunks.clear()
        return written_bytes
