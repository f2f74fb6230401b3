"""Rates of contestants, and ratios between them: of each round by itself, and of those the median."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.loading import Sample


@dataclass(frozen=True)
class Rate:
    """What a contestant gave in all rounds: answers a second, times in milliseconds, bytes of an answer."""

    contestant: str
    way: str
    samples: Sequence[Sample]

    @property
    def median(self) -> float:
        """Return the median of the rounds."""
        return median(sample.per_second for sample in self.samples)

    @property
    def lowest(self) -> float:
        """Return the rate of the slowest round."""
        return min(sample.per_second for sample in self.samples)

    @property
    def highest(self) -> float:
        """Return the rate of the fastest round."""
        return max(sample.per_second for sample in self.samples)

    @property
    def p50_ms(self) -> float:
        """Return the median of the rounds' median times."""
        return median(sample.p50_ms for sample in self._answered)

    @property
    def p99_ms(self) -> float:
        """Return the median of the times that one answer in a hundred takes longer than."""
        return median(sample.p99_ms for sample in self._answered)

    @property
    def bytes(self) -> float:
        """Return the bytes of an answer, its headers among them."""
        return median(sample.bytes / sample.requests for sample in self._answered)

    @property
    def _answered(self) -> list[Sample]:
        """Return the rounds in which there was any answer, of which there is at least one."""
        return [sample for sample in self.samples if sample.requests]

    @property
    def errors(self) -> int:
        """Return how many requests got no proper answer."""
        return sum(sample.errors for sample in self.samples)

    def over(self, other: "Rate") -> float:
        """Return how many times as fast as the other it is: the median of what it is in each round."""
        return median(
            own.per_second / max(its.per_second, 1e-9) for own, its in zip(self.samples, other.samples, strict=True)
        )


def rates(lanes: Sequence[Mapping[str, Any]]) -> list[Rate]:
    """Return the rates of what run.py wrote down."""
    return [Rate(lane["contestant"], lane["way"], [Sample(**sample) for sample in lane["samples"]]) for lane in lanes]
