"""Figures in columns, as Arrow keeps them: what is checked, added up and copied many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.validation.record import MAX_DECIMAL_PLACES, Record

STATUSES_WEAKEST_FIRST = "QMEPA"
"""Observation statuses, the weakest first; a column of figures holds their places here."""

QUANTITY_TYPE = pa.decimal128(38, MAX_DECIMAL_PLACES)
"""Quantities and weights: 20 digits before the point and 18 after it, as exports have them, none of them in binary."""

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
    }
)
"""The columns of `Record`, in its order."""

BATCH_ROWS = 50_000


def record_batches(records: Iterable[Record]) -> Iterator[pa.RecordBatch]:
    """Yield the records in columns, many at a time."""
    remaining = iter(records)
    while rows := list(islice(remaining, BATCH_ROWS)):
        yield record_batch(rows)


def record_batch(rows: Iterable[Record]) -> pa.RecordBatch:
    """Return some records in columns."""
    columns: dict[str, Any] = dict(zip(Record._fields, zip(*rows, strict=True), strict=True))
    columns["obs_status"] = [STATUSES_WEAKEST_FIRST.index(status) for status in columns["obs_status"]]
    arrays = [pa.array(columns[field.name], field.type) for field in FIGURE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=FIGURE_SCHEMA)


def numpy_array(column: Any) -> np.ndarray[Any, Any]:
    """Return a column without nulls as NumPy has it."""
    return np.asarray(column)


def status_codes(column: Any) -> Any:
    """Return the letters of a column of statuses."""
    return pa.array(list(STATUSES_WEAKEST_FIRST)).take(column)


def decimal_text(decimals: pa.Array) -> pa.Array:
    """Return how decimals are written out, as PostgreSQL does after trim_scale: `12.5`, `0.00000001`, `100`."""
    unscaled = pa.Array.from_buffers(
        pa.decimal128(38, 0), len(decimals), decimals.buffers(), decimals.null_count, decimals.offset
    )
    digits = pc.utf8_lpad(pc.cast(pc.abs(unscaled), pa.string()), MAX_DECIMAL_PLACES + 1, "0")
    whole = pc.utf8_slice_codeunits(digits, 0, -MAX_DECIMAL_PLACES)
    part = pc.utf8_rtrim(pc.utf8_slice_codeunits(digits, -MAX_DECIMAL_PLACES), "0")
    point = pc.if_else(pc.equal(part, ""), "", ".")
    sign = pc.if_else(pc.less(unscaled, pa.scalar(0, unscaled.type)), "-", "")
    return pc.binary_join_element_wise(sign, whole, point, part, "")
