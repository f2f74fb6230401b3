"""How times are told."""

import math


def p99_ms(seconds):
    """Return the time that 99 of 100 are not above, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[math.ceil(0.99 * len(ordered)) - 1]
