"""Termination of the HTTP server when the command that started it ends."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
"""The option of Linux's prctl that sends a signal to this process when its parent ends."""


def stop_with_parent() -> None:
    """Let the kernel send SIGTERM to this process when its parent process ends, even if SIGKILL ends the parent.

    This works on Linux only.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
