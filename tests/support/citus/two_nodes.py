"""Two PostgreSQL servers behind one address, which commit apart as the coordinator and a worker of Citus do.

The owner and the loader write to both: each message is sent to both, and the first one answers. The reader asks the
second one for figures and releases, as Citus sends such statements to the worker that has them, together with its copy
of the reference tables. All other statements of the reader are answered by the first one.
"""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.db.access.grants import READER
from service.db.embedded.data_directory import SOCKET_PORT
from tests.support.citus.blocks import DISTRIBUTED_TABLES
from tests.support.postgres import PostgresServer

ENCRYPTION_REQUESTS = (80877103, 80877104)
DISTRIBUTED_TABLE = re.compile(rf"\b(?:{'|'.join(sorted(DISTRIBUTED_TABLES))}|observation_\d+)\b".encode())
BATCH_END = (b"Q", b"S")
COPY_DATA, COPY_DONE, COPY_FAILED, TERMINATION = b"d", b"c", b"f", b"X"
READY, COPY_START = b"Z", b"G"
MAX_GAP_S = 60


class Messages:
    """The messages on a connection: each has a type, one byte, and a body."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._file = connection, connection.makefile("rb")

    def read_start(self) -> bytes:
        """Return the first message of a client, after it has been told that there is no encryption."""
        while True:
            (length,) = struct.unpack("!I", self._file.read(4))
            body = self._file.read(length - 4)
            if struct.unpack("!I", body[:4])[0] not in ENCRYPTION_REQUESTS:
                return struct.pack("!I", length) + body
            self._connection.sendall(b"N")

    def read(self) -> tuple[bytes, bytes]:
        """Return the type and the body of the next message; an empty type at the end."""
        kind = self._file.read(1)
        return kind, self._file.read(struct.unpack("!I", self._file.read(4))[0] - 4) if kind else b""

    def send(self, kind: bytes, body: bytes) -> None:
        """Send a message."""
        self._connection.sendall(kind + struct.pack("!I", len(body) + 4) + body)

    def send_start(self, message: bytes) -> None:
        """Send the first message of a client."""
        self._connection.sendall(message)

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._connection.close()


@dataclass
class CommitGap:
    """The time between the commits of the two servers: `has_begun` after the first one, `may_end` before the second."""

    has_begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)


class TwoNodes:
    """Two servers behind one address on 127.0.0.1: see the module."""

    def __init__(self, first: PostgresServer, second: PostgresServer) -> None:
        self.first, self.second = first, second
        self.gap: CommitGap | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = first.url.set(host="127.0.0.1", port=self._listener.getsockname()[1], query={})
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def hold_second_commit(self) -> Iterator[CommitGap]:
        """Hold the second commit of the next change of the data, until the block ends."""
        self.gap = CommitGap()
        try:
            yield self.gap
        finally:
            self.gap.may_end.set()
            self.gap = None

    def close(self) -> None:
        """Accept no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=_Session(self, connection).serve, daemon=True).start()


class _Session:
    """A connection of a client, and one to each server for it."""

    def __init__(self, nodes: TwoNodes, connection: socket.socket) -> None:
        self._nodes, self._client = nodes, Messages(connection)
        self._servers = [Messages(_connect(server)) for server in (nodes.first, nodes.second)]
        self._statement_servers: dict[bytes, int] = {}
        self._status = b"I"
        self._is_reader = self._changes_data = False
        self._is_simple = True

    def serve(self) -> None:
        """Hand messages on until the client leaves."""
        try:
            self._start()
            batch: list[tuple[bytes, bytes]] = []
            while (message := self._client.read())[0] not in (b"", TERMINATION):
                batch.append(message)
                is_copied = message[0] in (COPY_DONE, COPY_FAILED) and self._is_simple
                if message[0] in BATCH_END or is_copied:
                    self._is_simple = message[0] == b"Q" or is_copied
                    self._answer(batch)
                    batch = []
                elif message[0] == COPY_DATA:
                    self._send(batch, [0, 1])
                    batch = []
        finally:
            for each in (self._client, *self._servers):
                each.close()

    def _start(self) -> None:
        start = self._client.read_start()
        self._is_reader = f"user\0{READER}\0".encode() in start
        for server in self._servers:
            server.send_start(start)
        self._relay(0)
        self._skip(1)

    def _answer(self, batch: list[tuple[bytes, bytes]]) -> None:
        if self._is_reader:
            (server,) = {self._server_of_reader(kind, body) for kind, body in batch if kind in b"QPB"} or {0}
            self._send(batch, [server])
            self._relay(server)
        elif self._changes_data and batch[0][1].upper().startswith(b"COMMIT"):
            self._commit(batch)
        else:
            self._changes_data |= any(b"UPDATE data_version" in body for _, body in batch)
            self._send(batch, [0, 1])
            self._skip(1)
            self._relay(0)

    def _commit(self, batch: list[tuple[bytes, bytes]]) -> None:
        """Commit on the first server, and on the second one when the gap may end."""
        self._changes_data, gap = False, self._nodes.gap
        self._send(batch, [0])
        first_answer = list(self._replies(0))
        if gap is not None:
            gap.has_begun.set()
            assert gap.may_end.wait(MAX_GAP_S)
        self._send(batch, [1])
        self._skip(1)
        for message in first_answer:
            self._client.send(*message)

    def _server_of_reader(self, kind: bytes, body: bytes) -> int:
        """Return the position of the server that answers a statement, which has a name or not."""
        parts = body.split(b"\0")
        if kind == b"Q":
            return _server_of_text(parts[0])
        if kind == b"P":
            self._statement_servers[parts[0]] = _server_of_text(parts[1])
        return self._statement_servers[parts[0] if kind == b"P" else parts[1]]

    def _send(self, batch: list[tuple[bytes, bytes]], servers: list[int]) -> None:
        for server in servers:
            for kind, body in batch:
                self._servers[server].send(kind, body)

    def _replies(self, server: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield the messages of a server up to that with which it waits for the client."""
        kind = b""
        while kind not in (READY, COPY_START):
            kind, body = self._servers[server].read()
            assert kind, "the server has closed the connection"
            yield kind, body

    def _relay(self, server: int) -> None:
        for kind, body in self._replies(server):
            if kind == READY and server == 0:
                self._status = body
            # The transaction of the client is that of the first server.
            self._client.send(kind, self._status if kind == READY else body)

    def _skip(self, server: int) -> None:
        for _ in self._replies(server):
            pass


def _server_of_text(text: bytes) -> int:
    return int(DISTRIBUTED_TABLE.search(text) is not None)


def _connect(server: PostgresServer) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(server.socket_folder / f".s.PGSQL.{SOCKET_PORT}"))
    return connection
