"""What all contestants have in common: they are started, asked over HTTP, and stopped."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from bench.environment import Place
from bench.queries import Asked, Question

SECONDS_TO_START, SECONDS_TO_ANSWER, SECONDS_TO_STOP = 60, 120, 10
Row = Mapping[str, Any]


class Failed(RuntimeError):
    """A contestant does not start, or does not do what it was asked; the message says why."""


@dataclass(frozen=True)
class Request:
    """What is sent: a path, and for a POST its body, in JSON."""

    path: str
    body: str = ""

    @property
    def line(self) -> str:
        """Return the request as a line for wrk.lua."""
        return f"{'POST' if self.body else 'GET'}\t{self.path}\t{self.body}"


class Contestant(Protocol):
    """One that answers the bench's questions."""

    name: str

    @property
    def keeps_answers(self) -> bool:
        """Whether a question that was asked before is answered from memory."""

    def missing(self, where: Place) -> str | None:
        """Return why it cannot take part; null where it can."""

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return the command that starts it on a port, and what to put into its environment."""

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return the request; null for a question that it cannot be asked."""

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows of an answer."""


@contextmanager
def serving(contestant: Contestant, where: Place, database: str) -> Iterator[tuple[str, int]]:
    """Yield the address of a contestant that was started, and its process; stop it afterwards.

    :raises Failed: it does not start; the message names its log.
    """
    port = free_port()
    command, environment = contestant.command(where, database, port)
    log = where.folder("logs") / f"{contestant.name.replace(' ', '-')}.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(server, address, log)
            yield address, server.pid
        finally:
            _stop(server)


def sent(address: str, request: Request) -> bytes:
    """Return the body of the answer."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    data = request.body.encode() or None
    http = HttpRequest(address + request.path, data, headers)  # noqa: S310 - the address is of this machine
    with urlopen(http, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310 - as above
        body: bytes = answer.read()
    return body


def rows_of_json(body: bytes) -> list[Row]:
    """Return the rows of an answer that is a list of objects."""
    rows: list[Row] = json.loads(body)
    return rows


def absent(*programs: Path) -> str | None:
    """Return which of the programs is not installed; null where all are."""
    return next((f"{program.name} is not installed" for program in programs if not program.exists()), None)


def query(words: Mapping[str, str], **more: str) -> str:
    """Return parameters as they stand in an address: the codes of the bench need no escaping."""
    return "&".join(f"{name}={word}" for name, word in {**words, **more}.items())


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stop(server: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(SECONDS_TO_STOP)
    except ProcessLookupError:  # it has ended by itself
        pass
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    """Wait until it answers, whatever it says: some listen long before they can."""
    end = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < end:
        try:
            urlopen(address, timeout=SECONDS_TO_START).close()  # noqa: S310 - the address is of this machine
        except HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Failed(f"it does not start; see {log.name}")
