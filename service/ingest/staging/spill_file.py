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
from service.ingest.staging.arrow_columns import FIGURE_SCHEMA, numpy_array

MAX_FLOWS = 8
COMMODITY_ID_BITS = 32


class PeriodFlow(NamedTuple):
    """One period of one flow."""

    period: int
    flow: int


class _FileSegment(NamedTuple):
    offset: int
    length: int


@contextmanager
def open_spill_file() -> Iterator["SpillFile"]:
    """Yield a spool in a file without a name, of which nothing is left however this process ends.

    :raises SourceUnavailable: there is no room for the figures, which may show as late as when the file is closed.
    """
    try:
        with tempfile.TemporaryFile() as file:
            yield SpillFile(file)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SourceUnavailable(f"{tempfile.gettempdir()} has no room for the figures: {error}") from error


class SpillFile:
    """Figures kept in a file, apart by flow and period; `partners` and `goods` are the keys of those in them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._segments: dict[PeriodFlow, list[_FileSegment]] = defaultdict(list)
        self._row_counts: Counter[PeriodFlow] = Counter()
        self.partner_ids: set[int] = set()
        self.commodity_ids: set[int] = set()

    @property
    def row_count(self) -> int:
        """Return how many figures there are."""
        return self._row_counts.total()

    def count_rows(self, key: PeriodFlow) -> int:
        """Return how many figures there are of one period of one flow."""
        return self._row_counts[key]

    def period_flows(self) -> list[PeriodFlow]:
        """Return the periods and flows that there are figures of, in order."""
        return sorted(self._segments)

    def add(self, batch: pa.RecordBatch) -> set[PeriodFlow]:
        """Keep some figures; return of which periods and flows they are."""
        self.partner_ids.update(pc.unique(batch["partner_id"]).to_pylist())
        self.commodity_ids.update(pc.unique(batch["commodity_id"]).to_pylist())
        touched = set()
        for key, part in _split_by_period_flow(batch):
            raw = part.serialize()
            self._segments[key].append(_FileSegment(self._file.tell(), self._file.write(raw)))
            self._row_counts[key] += part.num_rows
            touched.add(key)
        return touched

    def read(self, key: PeriodFlow) -> pa.Table:
        """Return the figures of one period of one flow, by partner and commodity."""
        end = self._file.tell()
        batches = [pa.ipc.read_record_batch(self._read_segment(piece), FIGURE_SCHEMA) for piece in self._segments[key]]
        self._file.seek(end)
        return sort_by_cell(pa.Table.from_batches(batches, FIGURE_SCHEMA))

    def _read_segment(self, segment: _FileSegment) -> pa.Buffer:
        self._file.seek(segment.offset)
        return pa.py_buffer(self._file.read(segment.length))


def _split_by_period_flow(batch: pa.RecordBatch) -> Iterator[tuple[PeriodFlow, pa.RecordBatch]]:
    slices = numpy_array(batch["period"]).astype(np.int32) * MAX_FLOWS + numpy_array(batch["flow"])
    if (slices[1:] < slices[:-1]).any():
        order = np.argsort(slices, kind="stable")
        batch, slices = batch.take(pa.array(order)), slices[order]
    starts = [0, *(np.flatnonzero(slices[1:] != slices[:-1]) + 1), len(slices)]
    for start, end in pairwise(starts):
        period, flow = divmod(int(slices[start]), MAX_FLOWS)
        yield PeriodFlow(period, flow), batch.slice(start, end - start)


def cell_keys(table: Any) -> np.ndarray[Any, Any]:
    """Return partner and commodity of each figure as one number, in whose order an index has them."""
    keys: np.ndarray[Any, Any] = numpy_array(table["partner_id"]).astype(np.int64) << COMMODITY_ID_BITS
    keys |= numpy_array(table["commodity_id"])
    return keys


def sort_by_cell(figures: pa.Table) -> pa.Table:
    """Return the figures of one period of one flow by partner and commodity."""
    keys = cell_keys(figures)
    if (keys[1:] >= keys[:-1]).all():
        return figures
    order = pa.array(np.argsort(keys, kind="stable"))
    # Columns of nothing, as quantities often are, need no order.
    columns = [pa.nulls(len(c), c.type) if c.null_count == len(c) else c.combine_chunks().take(order) for c in figures]
    return pa.table(columns, FIGURE_SCHEMA)
