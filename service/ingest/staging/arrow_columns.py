"""Figures as Arrow columns, so that checks, sums and copies work on batches of figures."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.validation.record import MAX_DECIMAL_PLACES, Record

STATUSES_WEAKEST_FIRST = "QMEPA"
"""Observation statuses, the weakest first; the column `obs_status` holds indexes into it."""

QUANTITY_TYPE = pa.decimal128(38, MAX_DECIMAL_PLACES)
"""Quantities and weights: exact decimals with 20 digits before the point and 18 after it."""

FIGURE_SCHEMA = pa.schema(
    {
        "flow": pa.int16(),
        "partner_id": pa.int16(),
        "commodity_id": pa.int32(),
        "period": pa.int16(),
        "value": pa.int64(),
        "quantity": QUANTITY_TYPE,
        "quantity_unit": pa.string(),
        "net_weight_kg": QUANTITY_TYPE,
        "obs_status": pa.int8(),
        "line": pa.int64(),
        "source_cells": pa.string(),
    }
)
"""The columns of a batch of figures: the fields of `Record`, in the same order."""

BATCH_ROWS = 50_000


def record_batches(records: Iterable[Record]) -> Iterator[pa.RecordBatch]:
    """Yield the records as Arrow record batches of at most `BATCH_ROWS` rows."""
    remaining = iter(records)
    while rows := list(islice(remaining, BATCH_ROWS)):
        yield record_batch(rows)


def record_batch(rows: Iterable[Record]) -> pa.RecordBatch:
    """Return the records, of which there must be at least one, as one Arrow record batch."""
    columns: dict[str, Any] = dict(zip(Record._fields, zip(*rows, strict=True), strict=True))
    columns["obs_status"] = [STATUSES_WEAKEST_FIRST.index(status) for status in columns["obs_status"]]
    arrays = [pa.array(columns[field.name], field.type) for field in FIGURE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=FIGURE_SCHEMA)


def numpy_array(column: Any) -> np.ndarray[Any, Any]:
    """Return a column without nulls as a NumPy array."""
    return np.asarray(column)


def status_codes(column: Any) -> Any:
    """Return the letters of observation statuses, given as indexes into `STATUSES_WEAKEST_FIRST`."""
    return pa.array(list(STATUSES_WEAKEST_FIRST)).take(column)


def decimal_text(decimals: pa.Array) -> pa.Array:
    """Return decimals as text without trailing zeros, such as `12.5` or `100`, as PostgreSQL's trim_scale does."""
    unscaled = pa.Array.from_buffers(
        pa.decimal128(38, 0), len(decimals), decimals.buffers(), decimals.null_count, decimals.offset
    )
    digits = pc.utf8_lpad(pc.cast(pc.abs(unscaled), pa.string()), MAX_DECIMAL_PLACES + 1, "0")
    whole = pc.utf8_slice_codeunits(digits, 0, -MAX_DECIMAL_PLACES)
    fraction = pc.utf8_rtrim(pc.utf8_slice_codeunits(digits, -MAX_DECIMAL_PLACES), "0")
    point = pc.if_else(pc.equal(fraction, ""), "", ".")
    sign = pc.if_else(pc.less(unscaled, pa.scalar(0, unscaled.type)), "-", "")
    return pc.binary_join_element_wise(sign, whole, point, fraction, "")
