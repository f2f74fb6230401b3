"""Load tests: a competitor and a query in one mode, under load in every round, one test after the other."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench.catalog import Codes, Parameters, Query, choose_parameters
from bench.competitors.base import Competitor
from bench.measurement import CompetitorError, Sample

NEW, CACHED, SAME_SIZE = "new", "cached", "same size"
"""No request comes twice; one request that is in the cache; an empty view's response of the service's size."""
MAX_WARM_UP_S, WARM_GAIN = 4, 1.1


@dataclass
class LoadTest:
    """A competitor and a query in one mode, the sample of each round, and the reason of a failure."""

    competitor: Competitor
    query: Query
    mode: str
    parameters: list[Parameters]
    samples: list[Sample] = field(default_factory=list)
    failure: str | None = None

    def warm_up(self, *, max_seconds: int) -> None:
        """Load it until a second yields hardly more than the one before, so that statements are prepared."""
        previous_rate = 0.0
        for _ in range(max_seconds if self._has_new_requests else 0):
            sample = self._run(seconds=1)
            if sample is None or (sample.requests and sample.per_second <= WARM_GAIN * previous_rate):
                return
            previous_rate = sample.per_second

    def run_round(self, *, seconds: int) -> None:
        """Load it for so long, unless it failed before."""
        if self.failure is None and (sample := self._run(seconds=seconds)) is not None:
            self.samples.append(sample)

    def summary(self) -> dict[str, object]:
        """Return the test in the form in which it is stored."""
        samples = [asdict(sample) for sample in self.samples]
        return {"competitor": self.competitor.name, "mode": self.mode, "samples": samples}

    @property
    def _has_new_requests(self) -> bool:
        return self.mode == NEW and self.competitor.has_figures

    def _run(self, *, seconds: int) -> Sample | None:
        """Return a sample; null where the competitor failed. New requests are not sent again."""
        try:
            sample = self.competitor.load(self.query, self.parameters, seconds=seconds)
        except CompetitorError as error:
            self.failure = str(error)
            return None
        if self._has_new_requests:
            self.parameters = self.parameters[sample.requests + 1 :] or self.parameters
        return sample


def load_tests(query: Query, competitors: Sequence[Competitor], codes: Codes) -> list[LoadTest]:
    """Return the load tests of a query; the service's cached response determines the size of the empty view's."""
    repeated = choose_parameters(query, codes, seed="cached", count=1)
    size = next((len(each.fetch(query, repeated[0])) for each in competitors if each.caches_responses), None)
    tests = []
    for each in competitors:
        tests.append(
            LoadTest(each, query, NEW, choose_parameters(query, codes, seed=each.name) if each.has_figures else [{}])
        )
        if not each.has_figures and size is not None:
            tests.append(LoadTest(each, query, SAME_SIZE, [{"length": str(size)}]))
        if each.caches_responses:
            tests.append(LoadTest(each, query, CACHED, repeated))
    return tests


def run_load_tests(
    tests: Sequence[LoadTest], *, rounds: int, seconds: int, warm_up_s: int = MAX_WARM_UP_S
) -> tuple[list[dict[str, object]], dict[str, str]]:
    """Return the summaries of the tests, with one sample for each round, and the reasons of those that failed."""
    for test in tests:
        test.warm_up(max_seconds=warm_up_s)
    for _ in range(rounds):
        for test in tests:
            test.run_round(seconds=seconds)
    for test in tests:
        if test.failure is None and not any(sample.requests for sample in test.samples):
            test.failure = f"no response in {rounds} rounds of {seconds} s"
    failures = {f"{test.competitor.name}, {test.mode}": test.failure for test in tests if test.failure is not None}
    return [test.summary() for test in tests if test.failure is None], failures
