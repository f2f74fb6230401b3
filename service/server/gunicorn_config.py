"""Configuration of gunicorn; the command line in server/commands.py names this module."""

import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

worker_class = "service.server.worker.Worker"
limit_request_line = 8190  # gunicorn's upper limit, and the size that nginx accepts in front of it


def child_exit(_server: Any, worker: Any) -> None:
    """Remove the gauges of an ended worker, so that metrics no longer add them to those of the other workers."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)
