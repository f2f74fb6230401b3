"""The servers that the service can run under, and how each is started: gunicorn, and granian where it is installed."""

import sys
from importlib.util import find_spec

from service.errors import SettingsError

WORKER_STOP_TIMEOUT_S = 30
"""How long a process may take to finish what it answers when the server is stopped; gunicorn's own default."""
APPLICATION = "service.wsgi:application"


def server_command(
    server: str, address: str, *, workers: int, threads: int, application: str = APPLICATION
) -> list[str]:
    """Return the command that serves at `address`, `host:port`, by one of the servers, with so many threads a worker.

    `application` is the function that makes what is served, as `module:function`.

    :raises SettingsError: it is not installed.
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
