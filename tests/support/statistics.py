"""Percentiles of durations."""

import math


def p99_ms(seconds):
    """Return the 99th percentile of durations in seconds, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[math.ceil(0.99 * len(ordered)) - 1]
