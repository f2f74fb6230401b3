"""Parquet: each column in its own type, with its description and unit as metadata; compressed by zstd."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyarrow import parquet

MIN_ROW_GROUP_ROWS = 16_384
"""So many rows are kept until they are written as one group: few enough for memory, enough to be read fast."""


def encode(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield the file as it is written, a group of rows at a time; the last piece is its table of contents."""
    written = _Buffer()
    with parquet.ParquetWriter(written, schema, compression="zstd") as writer:
        for group in _row_groups(batches, schema):
            writer.write_table(group, row_group_size=MIN_ROW_GROUP_ROWS)
            yield written.drain()
    yield written.drain()


def _row_groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    kept: list[pa.RecordBatch] = []
    for batch in batches:
        kept.append(batch.cast(schema))
        if sum(part.num_rows for part in kept) >= MIN_ROW_GROUP_ROWS:
            yield pa.Table.from_batches(kept)
            kept = []
    if kept:
        yield pa.Table.from_batches(kept)


class _Buffer(io.RawIOBase):
    """A file whose bytes are taken away as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self._chunks.append(bytes(chunk))
        return len(chunk)

    def drain(self) -> bytes:
        """Return what was written since this was asked last."""
        piece = b"".join(self._chunks)
        self._chunks.clear()
        return piece
