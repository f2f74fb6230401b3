"""The signals that stop a command: SIGINT, and SIGTERM, which allows time for draining."""

import signal


class TerminationSignal(KeyboardInterrupt):
    """The exception that SIGTERM raises."""


class StopSignals:
    """Signal handlers that raise KeyboardInterrupt for SIGINT and TerminationSignal for SIGTERM.

    Python discards an exception that a signal handler raises inside a finalizer. The signal is therefore recorded too,
    and a long-running command calls `raise_received` at intervals.
    """

    def __init__(self) -> None:
        self._received: type[KeyboardInterrupt] | None = None

    def install(self) -> None:
        """Handle the two signals from now on, also in a process that a shell has started with SIGINT ignored."""
        signal.signal(signal.SIGINT, self._raise)
        signal.signal(signal.SIGTERM, self._raise)

    def raise_received(self) -> None:
        """Raise the exception of the signal that was received last, if any was.

        :raises KeyboardInterrupt: a signal was received.
        """
        if self._received is not None:
            raise self._received

    def _raise(self, number: int, _frame: object) -> None:
        self._received = TerminationSignal if number == signal.SIGTERM else KeyboardInterrupt
        raise self._received
