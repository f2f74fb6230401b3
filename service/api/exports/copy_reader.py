"""A reader that streams the rows of a query by PostgreSQL's COPY, in batches of columns.

COPY sends rows as text. As a single statement it reads one state of the data, and neither the server nor this process
keeps rows that were sent.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Connection
from psycopg.postgres import types as postgres
from pyarrow import csv
from sqlalchemy import Engine, select

from service.analytics.sql.types import Query
from service.api.exports.arrow_arrays import arrow_array
from service.api.exports.arrow_schema import DECIMAL_TYPE
from service.api.exports.record_batches import EXPORT_BATCH_ROWS
from service.db.connection.sql_compiler import add_data_state, is_data_state
from service.domain.data_state import DataState, parse_data_state
from service.errors import DataChanged

ARROW_TYPE_BY_OID = {
    postgres["bool"].oid: pa.bool_(),
    postgres["int2"].oid: pa.int64(),
    postgres["int4"].oid: pa.int64(),
    postgres["int8"].oid: pa.int64(),
    postgres["float8"].oid: pa.float64(),
    postgres["numeric"].oid: DECIMAL_TYPE,
}
"""Arrow types by PostgreSQL type; columns of other types are read as text."""
LIST_OIDS = {postgres["int2"].array_oid, postgres["int4"].array_oid}

STATE_COLUMN = "is_current_state"
_CSV_PARSE_OPTIONS = csv.ParseOptions(newlines_in_values=True)


class CopyReader:
    """A reader that streams the rows of a query by PostgreSQL's COPY, on a connection of its own.

    The connection is in a read-only transaction at `data_state`, the state of the data to read. `copy_hook` takes the
    SQL text of the COPY statement and returns a context manager, within which the statement runs.

    :raises DataChanged: the data of the database are no longer in the state `data_state`.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        data_state: DataState,
        copy_hook: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._copy_hook, self._data_state = copy_hook, data_state
        self._connection = engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._is_sending = False
        try:
            current_state = parse_data_state(self._connection.scalar(add_data_state(select())))
        except BaseException:
            self.close()
            raise
        if current_state != data_state:
            self.close()
            raise DataChanged

    def batches(self, query: Query, column_names: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield the rows of `query` in batches, each with an array for each of `column_names`.

        After the last row the connection returns to its pool.

        :raises DataChanged: rows are of another state of the data than `data_state`.
        """
        # ASSUMPTION: psycopg can write the bound values without a conversion by SQLAlchemy: integers, decimals, dates,
        # text, and lists of these.
        selected_query = query.with_only_columns(
            *(query.selected_columns[n] for n in column_names), maintain_column_froms=True
        ).add_columns(is_data_state(self._data_state).label(STATE_COLUMN))
        compiled = selected_query.compile(self._connection)
        statement, values = str(compiled), compiled.params
        driver_connection: Any = self._connection.connection.driver_connection
        columns = _describe_columns(driver_connection, statement, values)
        self._is_sending = True
        copy = f"COPY ({statement}) TO STDOUT (FORMAT csv)"
        with self._copy_hook(copy), driver_connection.cursor().copy(copy, values) as rows:
            while batch := b"".join(islice(rows, EXPORT_BATCH_ROWS)):
                yield _check_state(_parse_csv(batch, columns))
        self._is_sending = False
        self.close()

    def close(self) -> None:
        """Return the connection to its pool, or close it if the server still sends rows on it."""
        if self._is_sending:
            self._connection.invalidate()
        self._connection.close()


def _check_state(batch: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the columns of a batch without the one that says whether its rows are of the state of the response.

    :raises DataChanged: a row is of another state.
    """
    if not pc.all(batch.pop(STATE_COLUMN)).as_py():
        raise DataChanged
    return batch


def _describe_columns(connection: Connection[Any], statement: str, values: Any) -> dict[str, int]:
    """Return the columns of a statement: the PostgreSQL type of each, by its name."""
    description = connection.execute(f"SELECT * FROM ({statement}) AS described LIMIT 0", values).description
    return {column.name: column.type_code for column in description or ()}


def _parse_csv(rows: bytes, columns: dict[str, int]) -> dict[str, pa.Array]:
    """Return rows of CSV as columns. An empty value without quotes is null."""
    table = csv.read_csv(
        pa.BufferReader(rows),
        read_options=csv.ReadOptions(column_names=list(columns), use_threads=False, block_size=len(rows) + 1),
        parse_options=_CSV_PARSE_OPTIONS,
        convert_options=csv.ConvertOptions(
            column_types={name: ARROW_TYPE_BY_OID.get(oid, pa.string()) for name, oid in columns.items()},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    (batch,) = table.to_batches()
    return {name: _parse_lists(batch[name]) if oid in LIST_OIDS else batch[name] for name, oid in columns.items()}


def _parse_lists(texts: pa.Array) -> pa.Array:
    """Return lists of integers from texts as the database writes arrays, `{1,2}`."""
    lists = (None if text is None else text[1:-1].split(",") for text in texts.to_pylist())
    return arrow_array(lists, pa.list_(pa.int64()))
