"""The parts that competitors share: start and stop a server, and send requests to it."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request as UrllibRequest
from urllib.request import urlopen

from bench.catalog import EXPORT, Parameters, Query
from bench.environment import CONNECTIONS, PROCESSES, ROOT, Environment

START_TIMEOUT_S, RESPONSE_TIMEOUT_S, STOP_TIMEOUT_S = 120, 300, 10
CHUNK_BYTES = 1 << 20
NOT_FOUND_STATUS = 127
"""The exit status of env where there is no such program."""
MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "graphql": "application/json",
}
Row = Mapping[str, Any]


class CompetitorError(RuntimeError):
    """A competitor does not start, or does not answer; the message gives the reason."""


class Request(NamedTuple):
    """A path, and for a POST request its body in JSON."""

    path: str
    body: str = ""


class Competitor:
    """Software that answers the queries over HTTP from a server of its own."""

    name: str
    caches_responses = False
    has_figures = True
    export_formats: tuple[str, ...] = ("csv",)
    address: str
    log_file: Path
    process: "subprocess.Popen[bytes]"

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        """Return the command that starts the server on a port, after assignments of variables as of the program env."""
        raise NotImplementedError

    def request(self, query: Query, parameters: Parameters) -> Request:
        """Return the request of a query."""
        return Request(f"/{query.name}?{query_string(parameters)}")

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows of a response."""
        return json.loads(body)

    @contextmanager
    def started(
        self, environment: Environment, database_url: str, *, timeout_s: int = START_TIMEOUT_S
    ) -> Iterator[None]:
        """Start the server, and stop it afterwards.

        :raises CompetitorError: it is not installed, or it does not start; the message names its log.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address, self.log_file = f"http://127.0.0.1:{port}", environment.folder("logs") / f"{self.name}.log"
        variables = {"BENCH_HOME": str(environment.home), "DATABASE_URL": database_url, "PORT": str(port)}
        variables |= {"POOL_SIZE": str(CONNECTIONS), "WORKERS": str(PROCESSES), "PYTHONPATH": str(ROOT)}
        command = ["env", *self.command(environment, database_url, port)]
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | variables, stdout=log, stderr=log, start_new_session=True
            )
        try:
            if not self._wait_for_response(timeout_s):
                reason = "it is not installed" if self.process.poll() == NOT_FOUND_STATUS else "it does not start"
                raise CompetitorError(f"{reason}; see {self.log_file.name}")
            yield
        finally:
            self._stop()

    def fetch(self, query: Query, parameters: Parameters) -> bytes:
        """Return the body of a response.

        :raises CompetitorError: there is none.
        """
        try:
            with self._open(self.request(query, parameters), {"Accept": "application/json"}) as response:
                return response.read()
        except OSError as error:
            raise CompetitorError(str(error)) from error

    def export_chunks(self, parameters: Parameters, export_format: str) -> Iterator[bytes]:
        """Yield the body of the export in one of `export_formats`, still compressed where the format says so."""
        media_type, _, coding = export_format.partition(", ")
        headers = {"Accept": MEDIA_TYPES[media_type], "Accept-Encoding": coding or "identity"}
        with self._open(self.request(EXPORT, parameters | {"format": media_type}), headers) as response:
            yield from iter(partial(response.read, CHUNK_BYTES), b"")

    def _open(self, request: Request, headers: Mapping[str, str]) -> Any:
        url, data = self.address + request.path, request.body.encode() or None
        all_headers = {"Content-Type": "application/json", **headers}
        return urlopen(UrllibRequest(url, data, all_headers), timeout=RESPONSE_TIMEOUT_S)  # noqa: S310 - it is local

    def _wait_for_response(self, seconds: int) -> bool:
        """Wait for a response of any status: some servers listen long before they can answer."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            connection = HTTPConnection(self.address.removeprefix("http://"), timeout=seconds)
            with suppress(OSError, HTTPException), closing(connection):
                connection.request("GET", "/")
                return connection.getresponse().status > 0
            time.sleep(0.05)
        return False

    def _stop(self) -> None:
        """Stop the server and its children, which form a process group of their own."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


class UvicornCompetitor(Competitor):
    """A competitor in Python: `create_app` of its module returns its application, in the competitors' environment."""

    processes = PROCESSES

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        """Return the command of uvicorn, without an access log."""
        command = [str(environment.python), "-m", "uvicorn", "--factory", f"{type(self).__module__}:create_app"]
        return [*command, f"--port={port}", f"--workers={self.processes}", "--log-level=warning", "--no-access-log"]


def query_string(parameters: Mapping[str, str], **more: str) -> str:
    """Return parameters as a query string: the codes of the benchmark need no escaping."""
    return "&".join(f"{name}={value}" for name, value in {**parameters, **more}.items())
