"""Samples of load, rates over several rounds, and ratios: computed within each round, of which the median counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


class CompetitorError(RuntimeError):
    """A competitor does not start, or does not answer; the message gives the reason."""


@dataclass(frozen=True)
class Sample:
    """The result of one period of load: `bytes` of all responses with headers; `errors` are counted in `requests`."""

    requests: int
    seconds: float
    bytes: int
    errors: int
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Return the responses per second, without errors."""
        return (self.requests - self.errors) / self.seconds

    @property
    def bytes_per_response(self) -> float:
        """Return the size of a response with its headers."""
        return self.bytes / self.requests


@dataclass(frozen=True)
class Rate:
    """The samples of a competitor in one mode, one for each round."""

    competitor: str
    mode: str
    samples: Sequence[Sample]

    @property
    def per_second(self) -> list[float]:
        """Return the responses per second of each round."""
        return [sample.per_second for sample in self.samples]

    def median_field(self, field: str) -> float:
        """Return the median of a field of the samples over the rounds that have any response."""
        return median(getattr(sample, field) for sample in self.samples if sample.requests)

    def speed_ratio(self, other: "Rate") -> float:
        """Return the median over the rounds of this rate divided by the other."""
        pairs = zip(self.per_second, other.per_second, strict=True)
        return median(own / max(reference, 1e-9) for own, reference in pairs)


def rates(tests: Sequence[Mapping[str, Any]]) -> list[Rate]:
    """Return the rates of the load tests of one query, as `LoadTest.summary` describes them."""
    return [Rate(test["competitor"], test["mode"], [Sample(**sample) for sample in test["samples"]]) for test in tests]


def find_rate(all_rates: Sequence[Rate], competitor: str, mode: str) -> Rate | None:
    """Return the rate of a competitor in a mode; null where it was not measured."""
    return next((rate for rate in all_rates if (rate.competitor, rate.mode) == (competitor, mode)), None)
