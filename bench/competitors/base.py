"""The parts that competitors share: start and stop a server, send a request, and put load on it with wrk."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as UrllibRequest
from urllib.request import urlopen

from bench.catalog import EXPORT, Parameters, Query
from bench.environment import CONNECTIONS, PROCESSES, ROOT, Environment
from bench.measurement import CompetitorError, Sample

START_TIMEOUT_S, RESPONSE_TIMEOUT_S, STOP_TIMEOUT_S = 120, 300, 10
MAX_REQUESTS_PER_SECOND, CHUNK_BYTES = 8000, 1 << 20
MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "graphql": "application/json",
}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
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
    process: "subprocess.Popen[bytes]"

    def missing(self, environment: Environment) -> str | None:
        """Return the reason why it cannot take part; null where it can."""
        raise NotImplementedError

    def require(self, environment: Environment) -> None:
        """Return if it can take part.

        :raises CompetitorError: it cannot.
        """
        if reason := self.missing(environment):
            raise CompetitorError(reason)

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return the command that starts the server on a port, and its environment variables."""
        raise NotImplementedError

    def request(self, query: Query, parameters: Parameters) -> Request:
        """Return the request of a query."""
        raise NotImplementedError

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows of a response."""
        rows: list[Row] = json.loads(body)
        return rows

    @contextmanager
    def started(
        self, environment: Environment, database_url: str, *, timeout_s: int = START_TIMEOUT_S
    ) -> Iterator[None]:
        """Start the server, and stop it afterwards.

        :raises CompetitorError: it does not start; the message names its log.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address, self.log_file = f"http://127.0.0.1:{port}", environment.folder("logs") / f"{self.name}.log"
        command, variables = self.command(environment, database_url, port)
        variables = os.environ | {"PYTHONPATH": str(ROOT)} | variables
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(command, env=variables, stdout=log, stderr=log, start_new_session=True)
        try:
            if not self._wait_for_response(timeout_s):
                raise CompetitorError(f"it does not start; see {self.log_file.name}")
            yield
        finally:
            self._stop()

    def fetch(self, query: Query, parameters: Parameters) -> bytes:
        """Return the body of a response.

        :raises CompetitorError: there is none.
        """
        try:
            with self._open(self.request(query, parameters), {"Accept": "application/json"}) as response:
                body: bytes = response.read()
        except OSError as error:
            raise CompetitorError(str(error)) from error
        return body

    def export_chunks(self, parameters: Parameters, export_format: str) -> Iterator[bytes]:
        """Yield the body of the export in one of `export_formats`, still compressed where the format says so."""
        media_type, _, coding = export_format.partition(", ")
        headers = {"Accept": MEDIA_TYPES[media_type], "Accept-Encoding": coding or "identity"}
        with self._open(self.request(EXPORT, parameters | {"format": media_type}), headers) as response:
            while chunk := response.read(CHUNK_BYTES):
                yield chunk

    def load(self, query: Query, parameters: list[Parameters], *, seconds: int) -> Sample:
        """Return the result of `CONNECTIONS` clients that send requests for so long, each after its last response.

        :raises CompetitorError: wrk reports no figures.
        """
        requests = [self.request(query, each) for each in parameters[: seconds * MAX_REQUESTS_PER_SECOND]]
        file = self.log_file.with_suffix(".requests")
        file.write_text("".join(f"{'POST' if each.body else 'GET'}\t{each.path}\t{each.body}\n" for each in requests))
        options = [f"--connections={CONNECTIONS}", f"--duration={seconds}s", f"--script={ROOT / 'bench' / 'wrk.lua'}"]
        command = ["wrk", "--threads=1", "--timeout=60s", "--latency", *options, self.address, "--", str(file)]
        run = subprocess.run(command, check=False, capture_output=True, text=True)
        return parse_wrk_output(
            run.stdout, error=f"wrk exited with {run.returncode}: {run.stderr or run.stdout}".strip()
        )

    def _open(self, request: Request, headers: Mapping[str, str]) -> Any:
        url, data = self.address + request.path, request.body.encode() or None
        all_headers = {"Content-Type": "application/json", **headers}
        return urlopen(UrllibRequest(url, data, all_headers), timeout=RESPONSE_TIMEOUT_S)  # noqa: S310 - it is local

    def _wait_for_response(self, seconds: int) -> bool:
        """Wait for a response of any status: some servers listen long before they can answer."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                urlopen(self.address, timeout=seconds).close()  # noqa: S310 - the address is local
            except HTTPError:
                return True
            except OSError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _stop(self) -> None:
        """Stop the server and its children, which form a process group of their own."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(STOP_TIMEOUT_S)
        except ProcessLookupError:
            self.process.wait()
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def parse_wrk_output(output: str, *, error: str) -> Sample:
    """Return the figures in the last line of the output of wrk.

    :raises CompetitorError: there are none; `error` is the message.
    """
    try:
        return Sample(**json.loads(output.splitlines()[-1]))
    except (LookupError, ValueError, TypeError) as parse_error:
        raise CompetitorError(error) from parse_error


def missing_wrk() -> str | None:
    """Return a message where wrk is not installed; null where it is."""
    return None if shutil.which("wrk") else "wrk is not installed: apt-get install wrk"


def missing_file(*files: Path) -> str | None:
    """Return a message about the first file that does not exist; null where all exist."""
    return next((f"{file.name} is not installed" for file in files if not file.exists()), None)


def query_string(parameters: Mapping[str, str], **more: str) -> str:
    """Return parameters as a query string: the codes of the benchmark need no escaping."""
    return "&".join(f"{name}={value}" for name, value in {**parameters, **more}.items())


def uvicorn_command(python: Path, factory: str, port: int, *, processes: int = PROCESSES) -> list[str]:
    """Return the command that serves the application of a factory by uvicorn, without an access log."""
    options = ["--host=127.0.0.1", f"--port={port}", f"--workers={processes}", "--log-level=warning", "--no-access-log"]
    return [str(python), "-m", "uvicorn", "--factory", factory, *options]
