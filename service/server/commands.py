"""The HTTP servers of the service and the commands that start them: gunicorn, and granian where it is installed."""

import sys
from importlib.util import find_spec

from service.errors import SettingsError

WORKER_STOP_TIMEOUT_S = 30
"""Seconds that a worker gets to finish its requests when the server stops; gunicorn's default."""
APPLICATION = "service.wsgi:application"


def server_command(
    server: str, address: str, *, workers: int, threads: int, application: str = APPLICATION
) -> list[str]:
    """Return the command that starts an HTTP server, which listens on `address`, in the form `host:port`.

    `server` is `gunicorn` or `granian`. `workers` is the number of processes, `threads` the number of threads in each.
    `application` is the application factory, in the form `module:function`.

    :raises SettingsError: the server is not installed.
    """
    if find_spec(server) is None:
        raise SettingsError(
            f"TRADEFLOWS_SERVER={server} requires the package {server}: pip install 'tradeflows[{server}]'"
        )
    return {"gunicorn": _gunicorn_command, "granian": _granian_command}[server](address, workers, threads, application)


def _gunicorn_command(address: str, workers: int, threads: int, application: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn"),
        f"--workers={workers}",
        f"--threads={threads}",
        "--config=python:service.server.gunicorn_config",
        "--no-control-socket",
        "--log-level=warning",
        f"--bind={address}",
        f"{application}()",
    ]


def _granian_command(address: str, workers: int, threads: int, application: str) -> list[str]:
    host, _, port = address.rpartition(":")
    return [
        *(sys.executable, "-m", "granian", "--interface=wsgi", "--factory", "--http=1", "--no-ws"),
        f"--workers={workers}",
        f"--blocking-threads={threads}",
        f"--workers-kill-timeout={WORKER_STOP_TIMEOUT_S}",
        "--respawn-failed-workers",
        "--log-level=warning",
        f"--host={host}",
        f"--port={port}",
        application,
    ]
