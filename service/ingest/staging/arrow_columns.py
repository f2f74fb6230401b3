"""Figures as Arrow columns, which are checked, added up and copied in batches."""

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
"""The columns of `Record`, in its order."""

BATCH_ROWS = 50_000


def record_batches(records: Iterable[Record]) -> Iterator[pa.RecordBatch]:
    """Yield the records as record batches of at most `BATCH_ROWS` rows."""
    remaining = iter(records)
    while rows := list(islice(remaining, BATCH_ROWS)):
        yield record_batch(rows)


def record_batch(rows: Iterable[Record]) -> pa.RecordBatch:
    """Return records as one record batch."""
    columns: dict[str, Any] = dict(zip(Record._fields, zip(*rows, strict=True), strict=True))
    columns["obs_status"] = [STATUSES_WEAKEST_FIRST.index(status) for status in columns["obs_status"]]
    arrays = [pa.array(columns[field.name], field.type) for field in FIGURE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=FIGURE_SCHEMA)


def numpy_array(column: Any) -> np.ndarray[Any, Any]:
    """Return a column without nulls as a NumPy array."""
    return np.asarray(column)


def status_codes(column: Any) -> Any:
    """Return the status letters for a column of status indexes."""
    return pa.array(list(STATUSES_WEAKEST_FIRST)).take(column)


def decimal_text(decimals: pa.Array) -> pa.Array:
    """Return decimals as PostgreSQL's trim_scale prints them: `12.5`, `0.00000001`, `100`."""
    unscaled = pa.Array.from_buffers(
        pa.decimal128(38, 0), len(decimals), decimals.buffers(), decimals.null_count, decimals.offset
    )
    digits = pc.utf8_lpad(pc.cast(pc.abs(unscaled), pa.string()), MAX_DECIMAL_PLACES + 1, "0")
    whole = pc.utf8_slice_codeunits(digits, 0, -MAX_DECIMAL_PLACES)
    fraction = pc.utf8_rtrim(pc.utf8_slice_codeunits(digits, -MAX_DECIMAL_PLACES), "0")
    point = pc.if_else(pc.equal(fraction, ""), "", ".")
    sign = pc.if_else(pc.less(unscaled, pa.scalar(0, unscaled.type)), "-", "")
    return pc.binary_join_element_wise(sign, whole, point, fraction, "")
