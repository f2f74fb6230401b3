"""Load that does not depend on the responses, and the goodput of a service under it."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.support.statistics import p99_ms

INITIAL_RATE_PER_S, RATE_GROWTH_FACTOR, MAX_STEPS_WITHOUT_GAIN = 150, 1.4, 2
"""The first rate of the search for the peak, its growth in each step, and the steps without gain that end it."""


@dataclass(frozen=True)
class LoadResult:
    """The outcome of each request: status, Retry-After, seconds, and second since the first request was due."""

    outcomes: list[tuple[int | str, str | None, float, float]]
    seconds: float

    @property
    def statuses(self):
        """Return the number of requests by status."""
        return Counter(status for status, *_ in self.outcomes)

    @property
    def goodput(self):
        """Return the successful responses per second in the time in which requests were sent."""
        return (
            sum(status == 200 and response_s <= self.seconds for status, _, _, response_s in self.outcomes)
            / self.seconds
        )

    @property
    def p99_ms(self):
        """Return the 99th percentile of the duration of successful responses."""
        return p99_ms([took for status, _, took, _ in self.outcomes if status == 200])

    @property
    def refusals(self):
        """Return the outcomes of the refused requests."""
        return [outcome for outcome in self.outcomes if outcome[0] in {429, 503}]


def generate_load(address, requests_per_s, *paths, seconds):
    """Send requests for `paths` in turn from a process of its own, so many a second."""
    url = urlsplit(address)
    command = [sys.executable, "-m", "tests.support.faults.open_loop_client", url.hostname, str(url.port), str(seconds)]
    done = subprocess.run([*command, str(requests_per_s), *paths], capture_output=True, text=True, check=True)
    return LoadResult([json.loads(line) for line in done.stdout.splitlines()], seconds)


def find_peak_goodput(address, *paths, seconds):
    """Return the highest goodput in steps of so many seconds, each with a higher rate."""
    peak, rate, steps_without_gain = 0.0, INITIAL_RATE_PER_S, 0
    while steps_without_gain < MAX_STEPS_WITHOUT_GAIN:
        goodput = generate_load(address, rate, *paths, seconds=seconds).goodput
        peak, steps_without_gain = max(peak, goodput), 0 if goodput > peak else steps_without_gain + 1
        rate *= RATE_GROWTH_FACTOR
    return peak
