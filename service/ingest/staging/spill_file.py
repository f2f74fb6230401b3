"""Temporary storage of figures on the local disk, grouped by period and flow, before they go into the database.

Only the figures of one period and flow are in memory at once, whatever the size and the order of a file.
"""

import errno
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
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
    """Yield a spill file without a name, which the operating system removes even if the process is killed.

    :raises SourceUnavailable: the disk is full.
    """
    try:
        with tempfile.TemporaryFile() as file:
            yield SpillFile(file)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SourceUnavailable(f"{tempfile.gettempdir()} has no space left for the figures: {error}") from error


class SpillFile:
    """A temporary file of figures, grouped by period and flow.

    `partner_ids` and `commodity_ids` are the keys that occur in the figures.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._segments: dict[PeriodFlow, list[_FileSegment]] = defaultdict(list)
        self._row_counts: Counter[PeriodFlow] = Counter()
        self._new_keys: dict[str, dict[int, int]] = {}
        self.partner_ids: set[int] = set()
        self.commodity_ids: set[int] = set()

    @property
    def row_count(self) -> int:
        """Return the number of figures."""
        return self._row_counts.total()

    def count_rows(self, key: PeriodFlow) -> int:
        """Return the number of figures of one period and flow."""
        return self._row_counts[key]

    def period_flows(self) -> list[PeriodFlow]:
        """Return the pairs of period and flow that have figures, sorted."""
        return sorted(self._segments)

    def add(self, batch: pa.RecordBatch) -> set[PeriodFlow]:
        """Add a batch of figures; return the pairs of period and flow in it."""
        self.partner_ids.update(pc.unique(batch["partner_id"]).to_pylist())
        self.commodity_ids.update(pc.unique(batch["commodity_id"]).to_pylist())
        period_flows = set()
        for key, part in _split_by_period_flow(batch):
            raw = part.serialize()
            self._segments[key].append(_FileSegment(self._file.tell(), self._file.write(raw)))
            self._row_counts[key] += part.num_rows
            period_flows.add(key)
        return period_flows

    def read(self, key: PeriodFlow) -> pa.Table:
        """Return the figures of one period and flow, sorted by partner and commodity."""
        end = self._file.tell()
        batches = [
            pa.ipc.read_record_batch(self._read_segment(segment), FIGURE_SCHEMA) for segment in self._segments[key]
        ]
        self._file.seek(end)
        figures = pa.Table.from_batches(batches, FIGURE_SCHEMA)
        for column, new_keys in self._new_keys.items():
            figures = _replace_keys(figures, column, new_keys)
        return sort_by_cell(figures)

    def replace_keys(self, *, partners: Mapping[int, int], commodities: Mapping[int, int]) -> None:
        """Replace keys of partners and commodities in all figures; the mappings have the new key by the present key."""
        self._new_keys = {"partner_id": dict(partners), "commodity_id": dict(commodities)}
        self.partner_ids = {partners.get(key, key) for key in self.partner_ids}
        self.commodity_ids = {commodities.get(key, key) for key in self.commodity_ids}

    def _read_segment(self, segment: _FileSegment) -> pa.Buffer:
        self._file.seek(segment.offset)
        return pa.py_buffer(self._file.read(segment.length))


def _replace_keys(figures: pa.Table, column: str, new_keys: Mapping[int, int]) -> pa.Table:
    index = figures.schema.get_field_index(column)
    keys = figures[column].combine_chunks()
    places = pc.index_in(keys, pa.array(list(new_keys), keys.type))
    if places.null_count == len(places):
        return figures
    replaced = pc.coalesce(pa.array(list(new_keys.values()), keys.type).take(places), keys)
    return figures.set_column(index, column, replaced)


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
    """Return one number for each figure that combines the keys of its partner and commodity.

    Sorting by this number sorts by partner, then by commodity.
    """
    keys: np.ndarray[Any, Any] = numpy_array(table["partner_id"]).astype(np.int64) << COMMODITY_ID_BITS
    keys |= numpy_array(table["commodity_id"])
    return keys


def sort_by_cell(figures: pa.Table) -> pa.Table:
    """Return the figures of one period and flow, sorted by partner and commodity."""
    keys = cell_keys(figures)
    if (keys[1:] >= keys[:-1]).all():
        return figures
    order = pa.array(np.argsort(keys, kind="stable"))
    # A column of nulls, as quantities often are, needs no sorting.
    columns = [pa.nulls(len(c), c.type) if c.null_count == len(c) else c.combine_chunks().take(order) for c in figures]
    return pa.table(columns, FIGURE_SCHEMA)
