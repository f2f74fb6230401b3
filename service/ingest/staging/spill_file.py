"""Figures on their way into the database, kept on the local disk apart by flow and period.

So memory is bounded by one period of one flow, however large a file is and in whichever order it comes.
"""

import errno
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import IO, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.errors import SourceUnavailable
from service.ingest.staging.arrow_columns import SCHEMA, numbers

FLOWS_AT_MOST = 8
CELL_BITS = 32


class Slice(NamedTuple):
    """One period of one flow."""

    period: int
    flow: int


class _Piece(NamedTuple):
    offset: int
    length: int


@contextmanager
def spool() -> Iterator["Spool"]:
    """Yield a spool in a file without a name, of which nothing is left however this process ends.

    :raises SourceUnavailable: there is no room for the figures, which may show as late as when the file is closed.
    """
    try:
        with tempfile.TemporaryFile() as file:
            yield Spool(file)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SourceUnavailable(f"{tempfile.gettempdir()} has no room for the figures: {error}") from error


class Spool:
    """Figures kept in a file, apart by flow and period; `partners` and `goods` are the keys of those in them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._pieces: dict[Slice, list[_Piece]] = defaultdict(list)
        self._rows: Counter[Slice] = Counter()
        self.partners: set[int] = set()
        self.goods: set[int] = set()

    @property
    def rows(self) -> int:
        """Return how many figures there are."""
        return self._rows.total()

    def rows_of(self, key: Slice) -> int:
        """Return how many figures there are of one period of one flow."""
        return self._rows[key]

    def slices(self) -> list[Slice]:
        """Return the periods and flows that there are figures of, in order."""
        return sorted(self._pieces)

    def add(self, batch: pa.RecordBatch) -> set[Slice]:
        """Keep some figures; return of which periods and flows they are."""
        self.partners.update(pc.unique(batch["partner_id"]).to_pylist())
        self.goods.update(pc.unique(batch["commodity_id"]).to_pylist())
        touched = set()
        for key, part in _by_slice(batch):
            raw = part.serialize()
            self._pieces[key].append(_Piece(self._file.tell(), self._file.write(raw)))
            self._rows[key] += part.num_rows
            touched.add(key)
        return touched

    def read(self, key: Slice) -> pa.Table:
        """Return the figures of one period of one flow, by partner and commodity."""
        end = self._file.tell()
        batches = [pa.ipc.read_record_batch(self._raw(piece), SCHEMA) for piece in self._pieces[key]]
        self._file.seek(end)
        return in_order(pa.Table.from_batches(batches, SCHEMA))

    def _raw(self, piece: _Piece) -> pa.Buffer:
        self._file.seek(piece.offset)
        return pa.py_buffer(self._file.read(piece.length))


def _by_slice(batch: pa.RecordBatch) -> Iterator[tuple[Slice, pa.RecordBatch]]:
    slices = numbers(batch["period"]).astype(np.int32) * FLOWS_AT_MOST + numbers(batch["flow"])
    if (slices[1:] < slices[:-1]).any():
        order = np.argsort(slices, kind="stable")
        batch, slices = batch.take(pa.array(order)), slices[order]
    starts = [0, *(np.flatnonzero(slices[1:] != slices[:-1]) + 1), len(slices)]
    for start, end in pairwise(starts):
        period, flow = divmod(int(slices[start]), FLOWS_AT_MOST)
        yield Slice(period, flow), batch.slice(start, end - start)


def cells(table: Any) -> np.ndarray[Any, Any]:
    """Return partner and commodity of each figure as one number, in whose order an index has them."""
    keys: np.ndarray[Any, Any] = numbers(table["partner_id"]).astype(np.int64) << CELL_BITS
    keys |= numbers(table["commodity_id"])
    return keys


def in_order(figures: pa.Table) -> pa.Table:
    """Return the figures of one period of one flow by partner and commodity."""
    keys = cells(figures)
    if (keys[1:] >= keys[:-1]).all():
        return figures
    order = pa.array(np.argsort(keys, kind="stable"))
    # Columns of nothing, as quantities often are, need no order.
    columns = [pa.nulls(len(c), c.type) if c.null_count == len(c) else c.combine_chunks().take(order) for c in figures]
    return pa.table(columns, SCHEMA)
