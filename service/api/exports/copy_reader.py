"""Rows of a query as columns, a batch at a time, by COPY: the one statement whose rows come as text in a stream.

One statement sees one state of the data. Nothing of what was sent is kept, by the server or here.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Any

import pyarrow as pa
from psycopg import Connection
from psycopg.postgres import types as postgres
from pyarrow import csv
from sqlalchemy import Engine, select

from service.analytics.sql.types import Query
from service.api.exports.arrow_arrays import arrow_array
from service.api.exports.arrow_schema import DECIMAL_TYPE
from service.api.exports.record_batches import EXPORT_BATCH_ROWS
from service.errors import DataChanged
from service.models import DataVersion

ARROW_TYPE_BY_OID = {
    postgres["bool"].oid: pa.bool_(),
    postgres["int2"].oid: pa.int64(),
    postgres["int4"].oid: pa.int64(),
    postgres["int8"].oid: pa.int64(),
    postgres["float8"].oid: pa.float64(),
    postgres["numeric"].oid: DECIMAL_TYPE,
}
"""Types of columns by the database's own; those of any other are taken as text."""
LIST_OIDS = {postgres["int2"].array_oid, postgres["int4"].array_oid}

_CSV_PARSE_OPTIONS = csv.ParseOptions(newlines_in_values=True)


class CopyReader:
    """A connection of its own, in a transaction that only reads one state of the data: that of `data_version`.

    `copying` surrounds the statement by which the rows come.

    :raises DataMoved: the data are no longer those of that version.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        data_version: int,
        on_copy: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._on_copy = on_copy
        self._connection = engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._is_sending = False
        try:
            found = self._connection.scalar(select(DataVersion.version)) or 0
        except BaseException:
            self.close()
            raise
        if found != data_version:
            self.close()
            raise DataChanged

    def batches(self, query: Query, column_names: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield those columns of `query` that are called `names`; after the last row the connection is given back."""
        # ASSUMPTION: what the query binds needs no conversion by SQLAlchemy before psycopg writes it out: whole
        # numbers, decimals, days, text, and lists of these.
        narrowed = query.with_only_columns(
            *(query.selected_columns[n] for n in column_names), maintain_column_froms=True
        )
        compiled = narrowed.compile(self._connection)
        statement, values = str(compiled), compiled.params
        raw: Any = self._connection.connection.driver_connection
        columns = _describe_columns(raw, statement, values)
        self._is_sending = True
        copy = f"COPY ({statement}) TO STDOUT (FORMAT csv)"
        with self._on_copy(copy), raw.cursor().copy(copy, values) as rows:
            while some := b"".join(islice(rows, EXPORT_BATCH_ROWS)):
                yield _parse_csv(some, columns)
        self._is_sending = False
        self.close()

    def close(self) -> None:
        """Give the connection back. One that still sends rows is cut off: nobody reads them."""
        if self._is_sending:
            self._connection.invalidate()
        self._connection.close()


def _describe_columns(connection: Connection[Any], statement: str, values: Any) -> dict[str, int]:
    """Return names and types of the columns that the statement gives, as the database tells them."""
    described = connection.execute(f"SELECT * FROM ({statement}) AS described LIMIT 0", values).description
    return {column.name: column.type_code for column in described or ()}


def _parse_csv(rows: bytes, columns: dict[str, int]) -> dict[str, pa.Array]:
    """Return rows of CSV as columns; null is what is empty and not in quotes."""
    table = csv.read_csv(
        pa.BufferReader(rows),
        read_options=csv.ReadOptions(column_names=list(columns), use_threads=False, block_size=len(rows) + 1),
        parse_options=_CSV_PARSE_OPTIONS,
        convert_options=csv.ConvertOptions(
            column_types={name: ARROW_TYPE_BY_OID.get(kind, pa.string()) for name, kind in columns.items()},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    (batch,) = table.to_batches()
    return {name: _parse_lists(batch[name]) if kind in LIST_OIDS else batch[name] for name, kind in columns.items()}


def _parse_lists(texts: pa.Array) -> pa.Array:
    """Return lists of numbers of what the database writes as `{1,2}`."""
    lists = (None if text is None else text[1:-1].split(",") for text in texts.to_pylist())
    return arrow_array(lists, pa.list_(pa.int64()))
