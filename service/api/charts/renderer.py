"""Rendering of specifications as SVG and PNG, in the process that workers share."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import msgspec

from service.api.charts.theme import Specification
from service.errors import NotAcceptable, ParameterError, SourceUnavailable

RESPONSE_TIMEOUT_S = 20
START_TIMEOUT_S = 10
MAX_RENDER_ATTEMPTS = 3
"""Attempts to draw a chart: the process ends with the worker that started it, maybe while it draws for another."""
RENDERER_MODULE = "service.api.charts.render_process"

_start_lock = Lock()
_processes: list["subprocess.Popen[bytes]"] = []


def can_render() -> bool:
    """Return whether the optional package that renders charts is installed."""
    return find_spec("vl_convert") is not None


def render_chart(specification: Specification, format_name: str) -> bytes:
    """Return a chart in the format `svg` or `png`, rendered by a separate process that is started if necessary.

    :raises NotAcceptable: the package that renders charts is not installed.
    :raises SourceUnavailable: the separate process does not respond in time.
    """
    if not can_render():
        reason = "this service has no renderer of charts; install `tradeflows[charts]`, or request vega-lite"
        raise NotAcceptable(ParameterError("format", format_name, reason, ["vega-lite"]))
    message = format_name.encode() + b"\n" + msgspec.json.encode(specification)
    for _ in range(MAX_RENDER_ATTEMPTS):
        try:
            chart = _exchange(_connect(), message)
        except ConnectionError:
            continue
        except OSError as error:
            raise SourceUnavailable("the renderer of charts does not respond") from error
        if chart:
            return chart
    raise SourceUnavailable("the renderer of charts ended while it drew")


def socket_path() -> Path:
    """Return the path of the Unix socket of the process that renders charts.

    The socket is in a folder that no other user can read; the folder is created if necessary.

    :raises SourceUnavailable: the folder belongs to another user.
    """
    folder = Path(tempfile.gettempdir(), f"tradeflows-charts-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise SourceUnavailable(f"{folder} belongs to another user")
    return folder / "renderer.sock"


def _connect() -> socket.socket:
    """Return a connection to the process, which is started where it does not run."""
    path = socket_path()
    end = time.monotonic() + START_TIMEOUT_S
    while True:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(RESPONSE_TIMEOUT_S)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            if time.monotonic() > end:
                raise
            _start_process(path)
            time.sleep(0.05)
        else:
            return connection


def _exchange(connection: socket.socket, message: bytes) -> bytes:
    with connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def _start_process(path: Path) -> None:
    """Start the process, unless this worker has started it; it ends with this worker."""
    with _start_lock:
        for process in _processes:
            if process.poll() is not None and process.stdin is not None:
                process.stdin.close()
        _processes[:] = [process for process in _processes if process.returncode is None]
        if not _processes:
            command = [sys.executable, "-m", RENDERER_MODULE, str(path)]
            _processes.append(subprocess.Popen(command, stdin=subprocess.PIPE))
