"""A signal that stops the service is not lost where Python discards its exception."""

import os
import signal

import pytest

from service.server.stop_signals import StopSignals, TerminationSignal


class SignalFinalizer:
    """Sends a signal to this process while the object is finalized, where Python ignores exceptions."""

    def __init__(self, number):
        self._number = number

    def __del__(self):
        os.kill(os.getpid(), self._number)
        sum(range(1000))  # Python handles the signal between these instructions


@pytest.fixture
def signals():
    """Yield installed handlers, and restore those of the tests."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signals = StopSignals()
    signals.install()
    yield signals
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, TerminationSignal)])
def test_a_signal_in_a_finalizer_is_raised_at_the_next_check(signals, number, error):
    finalized = SignalFinalizer(number)
    del finalized

    with pytest.raises(error):
        signals.raise_received()


@pytest.mark.usefixtures("signals")
def test_a_signal_raises_at_once():
    with pytest.raises(TerminationSignal):
        os.kill(os.getpid(), signal.SIGTERM)


def test_nothing_is_raised_without_a_signal(signals):
    signals.raise_received()
