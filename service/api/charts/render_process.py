"""The process that renders charts, which all workers of a machine share: `python -m ... SOCKET`.

The renderer takes 100 MB of memory, which the workers need not have each. A client sends `svg` or `png`, a line break
and a specification, and shuts down its side; the process sends the bytes of the chart. It ends with the worker that
started it, after minutes without a request, and when one chart takes too long.
"""

import fcntl
import os
import signal
import socketserver
import sys
import threading
from pathlib import Path
from typing import NoReturn

import vl_convert

MAX_RENDER_S = 10
IDLE_S = 300
PNG_SCALE = 2


class ChartHandler(socketserver.StreamRequestHandler):
    """The handler of one request for a chart."""

    def handle(self) -> None:
        """Read a specification and send its chart; send nothing to a client that sends no specification."""
        format_name, _, specification = self.rfile.read().partition(b"\n")
        if specification:
            signal.alarm(MAX_RENDER_S)  # ends the process, unless the chart is finished before
            self.wfile.write(render(specification.decode(), format_name.decode()))
            signal.alarm(0)


class ChartServer(socketserver.UnixStreamServer):
    """A server that renders one chart after another, and ends after a time without requests."""

    timeout = IDLE_S
    request_queue_size = 64

    def handle_timeout(self) -> None:
        """End the process after a time without requests."""
        sys.exit(0)


def render(specification: str, format_name: str) -> bytes:
    """Return the chart of a Vega-Lite specification in JSON, as SVG or PNG; nothing is loaded from other servers."""
    if format_name == "png":
        return bytes(vl_convert.vegalite_to_png(specification, scale=PNG_SCALE, allowed_base_urls=[]))
    return str(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])).encode()


def serve(socket_path: Path) -> None:
    """Serve requests at a socket, unless another process serves them already."""
    with socket_path.with_suffix(".lock").open("w") as lock_file:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        socket_path.unlink(missing_ok=True)
        threading.Thread(target=_exit_at_end_of_input, daemon=True).start()
        with ChartServer(str(socket_path), ChartHandler) as server:
            while True:
                server.handle_request()


def _exit_at_end_of_input() -> NoReturn:
    """End the process when the worker that started it has ended, which closes its standard input."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
