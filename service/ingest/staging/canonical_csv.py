"""The canonical CSV of figures. It is copied into the database, and the digest of a release is computed from it.

It has no header, and is sorted by period, flow, partner and commodity. Text and decimals are quoted; null is empty.
"""

from hashlib import sha256
from typing import Any

import pyarrow as pa
from pyarrow import csv

from service.ingest.staging.arrow_columns import QUANTITY_TYPE, decimal_text, status_codes

CANONICAL_COLUMNS = (
    "period",
    "flow",
    "partner_id",
    "commodity_id",
    "value",
    "obs_status",
    "quantity",
    "quantity_unit",
    "net_weight_kg",
)
SOURCE_CELLS_COLUMNS = ("period", "flow", "partner_id", "commodity_id", "source_cells")
_CSV_OPTIONS = csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=1 << 16)

COPY_FROM_STDIN = f"COPY %s ({', '.join(CANONICAL_COLUMNS)}) FROM STDIN (FORMAT csv%s)"

COPY_TO_STDOUT = """
    COPY (
        SELECT period, flow, partner_id, commodity_id, value, obs_status,
               trim_scale(quantity) AS quantity, quantity_unit, trim_scale(net_weight_kg) AS net_weight_kg
        FROM (%s) AS figure
        ORDER BY period, flow, partner_id, commodity_id
    ) TO STDOUT (FORMAT csv, FORCE_QUOTE (obs_status, quantity, quantity_unit, net_weight_kg))"""
"""The SQL statement that exports the canonical CSV of figures; `%s` stands for the query that selects them."""


def canonical_csv(figures: pa.Table) -> bytes:
    """Return the canonical CSV of figures, which must be sorted already."""
    columns = {name: _csv_column(name, figures[name].combine_chunks()) for name in CANONICAL_COLUMNS}
    text = pa.BufferOutputStream()
    csv.write_csv(pa.table(columns), text, _CSV_OPTIONS)
    return bytes(text.getvalue())


def source_cells_csv(figures: pa.Table) -> bytes:
    """Return a CSV with the `source_cells` of figures that have them, and the keys of these figures."""
    named = figures.filter(figures["source_cells"].is_valid()).select(SOURCE_CELLS_COLUMNS)
    text = pa.BufferOutputStream()
    csv.write_csv(named, text, _CSV_OPTIONS)
    return bytes(text.getvalue())


def _csv_column(name: str, column: Any) -> Any:
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.int8())  # the same text, and faster
    if name == "obs_status":
        return status_codes(column)
    return decimal_text(column) if column.type == QUANTITY_TYPE else column


class Digest:
    """The digest of the figures of a release: the sha256 of their canonical CSV."""

    def __init__(self) -> None:
        self._hash = sha256()

    def update(self, text: bytes) -> None:
        """Add the next chunk of CSV, in the form that `canonical_csv` returns, to the digest."""
        self._hash.update(text)

    def __str__(self) -> str:
        """Return the digest of the chunks that were added so far, as `sha256:` and hexadecimal digits."""
        return f"sha256:{self._hash.hexdigest()}"
