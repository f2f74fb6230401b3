"""Configuration of gunicorn, loaded by the command line in server/commands.py."""

import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

worker_class = "service.server.worker.Worker"
limit_request_line = 8190  # gunicorn's upper limit, and the size that nginx accepts in front of it


def child_exit(_server: Any, worker: Any) -> None:
    """Remove the gauges of a worker that ended from the sums over all workers."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)
