"""A database connection with prepared statements and binary rows, on psycopg's wrapper of libpq.

A cursor of psycopg takes three times as long for each statement.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from service.domain.data_state import DataState, parse_data_state

MAX_PREPARED_STATEMENTS = 100
"""Maximum number of prepared statements of a connection; each takes about 100 KB of the server's memory."""
SUCCESS_STATUSES = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
STATE_SQL = b"SELECT version || ' ' || token FROM data_version"

PsycopgConnection = psycopg.Connection[Any]
Rows = list[tuple[Any, ...]]


class PreparedConnection:
    """A connection in autocommit mode, for one thread at a time. Its methods raise the exceptions of psycopg.

    Without `prepare` a statement leaves no state on the connection, as poolers such as PgBouncer require.
    """

    def __init__(self, connection: PsycopgConnection, *, prepare: bool = True) -> None:
        self.connection = connection
        self._is_preparing = prepare
        self._statement_names: OrderedDict[bytes, bytes] = OrderedDict()
        self._statement_count = 0
        self._transformer = Transformer(connection)
        connection.autocommit = True
        if prepare:
            # A plan for any values is made once; a plan for particular values would be made each time, at many times
            # the cost.
            connection.execute("SET plan_cache_mode = force_generic_plan")

    def data_state(self) -> DataState:
        """Return the present state of the data, read from the database."""
        rows = self.read(STATE_SQL)
        return parse_data_state(rows[0][0] if rows else None)

    def read(self, sql: bytes, values: Sequence[str | None] = ()) -> Rows:
        """Return the rows of an SQL statement; `$1` stands for the first of `values`, in PostgreSQL's text format."""
        pgconn = self.connection.pgconn
        parameters = [None if value is None else value.encode() for value in values]
        name = self._statement_name(sql) if self._is_preparing else None
        try:
            if name is None:
                pgconn.send_query_params(sql, parameters, result_format=Format.BINARY)
            else:
                pgconn.send_query_prepared(name, parameters, result_format=Format.BINARY)
            result = self.connection.wait(execute(pgconn))[-1]
        except BaseException:
            # The connection may still have results of earlier statements.
            pgconn.finish()
            raise
        self._check_result(result)
        self._transformer.set_pgresult(result)
        rows: Rows = self._transformer.load_rows(0, result.ntuples, tuple)
        return rows

    def _statement_name(self, sql: bytes) -> bytes:
        """Return the name of a prepared statement. At the limit, the least recently used statement is deallocated."""
        name = self._statement_names.get(sql)
        if name is None:
            self._statement_count += 1
            name = self._statement_names[sql] = self._prepare(b"read_%d" % self._statement_count, sql)
            if len(self._statement_names) > MAX_PREPARED_STATEMENTS:
                _, oldest = self._statement_names.popitem(last=False)
                self.connection.execute(b"DEALLOCATE " + oldest)
        self._statement_names.move_to_end(sql)
        return name

    def _prepare(self, name: bytes, sql: bytes) -> bytes:
        self.connection.pgconn.send_prepare(name, sql)
        self._check_result(self.connection.wait(execute(self.connection.pgconn))[-1])
        return name

    def _check_result(self, result: PGresult) -> PGresult:
        if result.status not in SUCCESS_STATUSES:
            raise error_from_result(result, encoding=self.connection.info.encoding)
        return result
