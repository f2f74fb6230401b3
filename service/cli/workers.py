"""What gunicorn is told about the service's processes: service/cli/serve.py starts it with this file."""

import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

worker_class = "service.cli.short_queue.Worker"
limit_request_line = 8190  # the most that gunicorn allows, and what nginx lets through in front of it


def child_exit(_server: Any, worker: Any) -> None:
    """Take what a process that ended counted as its own at the moment out of the sums."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)
