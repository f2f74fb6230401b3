"""The service as users run it: gunicorn in a process of its own, on a free port."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from service.config import DEFAULT_THREADS

MAX_START_S = 120


@contextmanager
def run_server(
    database_url: URL, *, log_file: Path, gunicorn_options: Sequence[str] = (), **settings: str
) -> Iterator[str]:
    """Yield the address of a server on `database`; what it prints goes to the file `log`.

    `options` are gunicorn's, `settings` go into the environment.
    """
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind=127.0.0.1:0",
        "--no-control-socket",
        "--config=python:service.server.gunicorn_config",
        f"--threads={DEFAULT_THREADS}",
    ]
    command += gunicorn_options
    environment = {"DATABASE_URL": database_url.render_as_string(hide_password=False), "PATH": ""} | settings
    with (
        log_file.open("w") as output,
        subprocess.Popen([*command, "service.wsgi:application()"], env=environment, stderr=output) as server,
    ):
        try:
            end = time.monotonic() + MAX_START_S
            while "Listening at: " not in log_file.read_text():
                assert server.poll() is None, log_file.read_text()
                assert time.monotonic() < end, log_file.read_text()
                time.sleep(0.05)
            yield log_file.read_text().split("Listening at: ")[1].split()[0]
        finally:
            server.send_signal(signal.SIGQUIT)  # SIGTERM gives who is still connected two seconds to ask once more
