"""What gunicorn is told about the service's processes: service/cli/serve.py starts it with this file."""

import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead


def child_exit(_server: Any, worker: Any) -> None:
    """Take what a process that ended counted as its own at the moment out of the sums."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)
