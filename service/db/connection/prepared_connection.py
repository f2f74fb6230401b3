"""A connection whose statements are prepared once, with rows in binary, asked by the library beneath psycopg's cursors.

A cursor does three times as much for each statement, and goes to the server once for each.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute, fetch_many
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

MAX_PREPARED_STATEMENTS = 100
"""Statements that stay prepared on a connection; each takes some 100 KB of the server's memory."""
SUCCESS_STATUSES = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
VERSION_STATEMENT = b"version_of_all_data"
VERSION_SQL = b"SELECT version FROM data_version"

PsycopgConnection = psycopg.Connection[Any]


class ReadResult(NamedTuple):
    """Rows, and the version of all data after they were read: they are of that version or of an older one."""

    rows: list[tuple[Any, ...]]
    version: int


class PreparedConnection:
    """A connection in autocommit; one thread may use it at a time. It raises what psycopg raises."""

    def __init__(self, connection: PsycopgConnection) -> None:
        self.connection = connection
        self._statement_names: OrderedDict[bytes, bytes] = OrderedDict()
        self._statement_count = 0
        self._transformer = Transformer(connection)
        connection.autocommit = True
        # A plan for any values is made once; one for these values would be made each time, at many times the cost.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        self._prepare(VERSION_STATEMENT, VERSION_SQL)

    def version(self) -> int:
        """Return the version of all data; 0 where nothing was ever entered."""
        self.connection.pgconn.send_query_prepared(VERSION_STATEMENT, [], result_format=Format.BINARY)
        return _decode_version(self._check_result(self.connection.wait(execute(self.connection.pgconn))[-1]))

    def read(self, sql: bytes, values: Sequence[str | None]) -> ReadResult:
        """Return the rows of a statement, and the version asked with it in one message to the server."""
        name, sent = self._statement_name(sql), [None if value is None else value.encode() for value in values]
        pgconn = self.connection.pgconn
        try:
            pgconn.enter_pipeline_mode()
            pgconn.send_query_prepared(name, sent, result_format=Format.BINARY)
            pgconn.send_query_prepared(VERSION_STATEMENT, [], result_format=Format.BINARY)
            pgconn.pipeline_sync()
            found, version = self.connection.wait(_fetch_two_results(pgconn))
            pgconn.exit_pipeline_mode()
        except BaseException:
            # Nobody knows any more which answers are still to come.
            pgconn.finish()
            raise
        self._transformer.set_pgresult(self._check_result(found))
        rows: list[tuple[Any, ...]] = self._transformer.load_rows(0, found.ntuples, tuple)
        return ReadResult(rows, _decode_version(self._check_result(version)))

    def _statement_name(self, sql: bytes) -> bytes:
        """Return the name under which a statement is prepared; the one that was not asked the longest makes room."""
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


def _fetch_two_results(pgconn: PGconn) -> PQGen[tuple[PGresult, PGresult]]:
    """Return the results of two statements sent at once, having read what ends them, too."""
    (first,) = yield from execute(pgconn)
    (second,) = yield from fetch_many(pgconn)
    yield from fetch_many(pgconn)
    return first, second


def _decode_version(result: PGresult) -> int:
    return int.from_bytes(result.get_value(0, 0) or b"", "big") if result.ntuples else 0
