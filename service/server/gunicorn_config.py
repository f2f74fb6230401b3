"""What gunicorn is told about the service's processes: service/cli/serve.py starts it with this file."""

import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from service.server.accept_balancing import leave_place, take_place

worker_class = "service.server.accept_balancing.Worker"
limit_request_line = 8190  # the most that gunicorn allows, and what nginx lets through in front of it


def pre_fork(server: Any, worker: Any) -> None:
    """Tell a process that is to begin apart from the others."""
    take_place(worker, server.WORKERS.values())


def child_exit(_server: Any, worker: Any) -> None:
    """Take what a process that ended counted as its own at the moment out of the sums."""
    leave_place(worker)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)
