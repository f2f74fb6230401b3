"""Load tests: competitors and a query in each mode, under load of wrk in every round, one test after the other.

A competitor whose figures differ from those of the first one is not loaded; a failure is stored with its reason.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.catalog import Codes, Parameters, Query, choose_parameters
from bench.competitors.base import Competitor, CompetitorError, Row
from bench.environment import CONNECTIONS, ROOT

NEW, CACHED, SAME_SIZE = "new", "cached", "same size"
"""No request comes twice; one request that is in the cache; an empty view's response of the service's size."""
MAX_WARM_UP_S, WARM_GAIN = 4, 1.1
MAX_REQUESTS_PER_SECOND, COMPARED_RESPONSES = 8000, 8
Sample = Mapping[str, float]
"""The result of one period of load, as wrk.lua describes it."""
Samples = Sequence[Sample]


@dataclass
class LoadTest:
    """A competitor and a query in one mode, the sample of each round, and the reason of a failure."""

    competitor: Competitor
    query: Query
    mode: str
    parameters: list[Parameters]
    samples: list[Sample] = field(default_factory=list)
    failure: str | None = None

    @property
    def name(self) -> str:
        """Return the competitor and the mode."""
        return f"{self.competitor.name}, {self.mode}"

    def warm_up(self, *, max_seconds: int) -> None:
        """Load it until a second yields hardly more than the one before, so that statements are prepared."""
        previous_rate = 0.0
        for _ in range(max_seconds if self.mode == NEW and self.competitor.has_figures else 0):
            sample = self.load(seconds=1)
            if sample is None or (sample["requests"] and sample["per_second"] <= WARM_GAIN * previous_rate):
                return
            previous_rate = sample["per_second"]

    def load(self, *, seconds: int) -> Sample | None:
        """Load it for so long; null where it fails or has failed. New requests are not sent again."""
        if self.failure:
            return None
        try:
            sample = run_wrk(self.competitor, self.query, self.parameters, seconds=seconds)
        except CompetitorError as error:
            self.failure = str(error)
            return None
        if self.mode == NEW:
            self.parameters = self.parameters[int(sample["requests"]) + 1 :] or self.parameters
        return sample


def run_wrk(competitor: Competitor, query: Query, parameters: Sequence[Parameters], *, seconds: int) -> Sample:
    """Return the result of `CONNECTIONS` clients that send requests for so long, each after its last response.

    :raises CompetitorError: wrk reports no figures.
    """
    requests = [competitor.request(query, each) for each in parameters[: seconds * MAX_REQUESTS_PER_SECOND]]
    file = competitor.log_file.with_suffix(".requests")
    file.write_text("".join(f"{'POST' if body else 'GET'}\t{path}\t{body}\n" for path, body in requests))
    options = [f"--connections={CONNECTIONS}", f"--duration={seconds}s", f"--script={ROOT / 'bench' / 'wrk.lua'}"]
    command = ["wrk", "--threads=1", "--timeout=60s", "--latency", *options, competitor.address, "--", str(file)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        return json.loads(run.stdout.splitlines()[-1])
    except (LookupError, ValueError) as error:
        raise CompetitorError(f"wrk exited with {run.returncode}: {run.stderr or run.stdout}".strip()) from error


def require_wrk() -> None:
    """Exit with a message where wrk is not installed."""
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")


def measure_query(
    query: Query,
    competitors: Sequence[Competitor],
    codes: Codes,
    *,
    rounds: int,
    seconds: int,
    warm_up_s: int = MAX_WARM_UP_S,
) -> dict[str, Any]:
    """Return `tests`, the samples of each competitor and mode, and `faults`, the reasons of those without samples."""
    correct, faults = check_results(
        query, competitors, choose_parameters(query, codes, seed="compared", count=COMPARED_RESPONSES)
    )
    samples, failures = run_load_tests(
        load_tests(query, correct, codes), rounds=rounds, seconds=seconds, warm_up_s=warm_up_s
    )
    return {"tests": samples, "faults": faults | failures}


def load_tests(query: Query, competitors: Sequence[Competitor], codes: Codes) -> list[LoadTest]:
    """Return the load tests of a query; the service's cached response determines the size of the empty view's."""
    repeated = choose_parameters(query, codes, seed="cached", count=1)
    size = next((len(each.fetch(query, repeated[0])) for each in competitors if each.caches_responses), None)
    tests = []
    for each in competitors:
        new = choose_parameters(query, codes, seed=each.name) if each.has_figures else [{}]
        tests.append(LoadTest(each, query, NEW, new))
        if not each.has_figures and size is not None:
            tests.append(LoadTest(each, query, SAME_SIZE, [{"length": str(size)}]))
        if each.caches_responses:
            tests.append(LoadTest(each, query, CACHED, repeated))
    return tests


def run_load_tests(
    tests: Sequence[LoadTest], *, rounds: int, seconds: int, warm_up_s: int = MAX_WARM_UP_S
) -> tuple[dict[str, Samples], dict[str, str]]:
    """Return the samples of each test, one for each round, and the reasons of the tests that failed."""
    for test in tests:
        test.warm_up(max_seconds=warm_up_s)
    for _ in range(rounds):
        for test in tests:
            if sample := test.load(seconds=seconds):
                test.samples.append(sample)
    for test in tests:
        if not any(sample["requests"] for sample in test.samples):
            test.failure = test.failure or f"no response in {rounds} rounds of {seconds} s"
    failures = {test.name: test.failure for test in tests if test.failure}
    return {test.name: test.samples for test in tests if not test.failure}, failures


def check_results(
    query: Query, competitors: Sequence[Competitor], parameters: Sequence[Parameters]
) -> tuple[list[Competitor], dict[str, str]]:
    """Return the competitors whose figures equal those of the first one that answers, and the faults of the others."""
    expected: list[Row] | None = None
    faults: dict[str, str] = {}
    for competitor in (each for each in competitors if each.has_figures):
        try:
            bodies = [competitor.fetch(query, each) for each in parameters]
            actual = [{name: row[name] for name in query.columns} for body in bodies for row in competitor.rows(body)]
        except (CompetitorError, ValueError, LookupError, TypeError) as error:
            faults[competitor.name] = f"no response to compare: {error}"
            continue
        expected = actual if expected is None else expected
        if difference := find_difference(expected, actual):
            faults[competitor.name] = difference
    assert expected, f"there are no rows to compare in {query.title}"
    return [competitor for competitor in competitors if competitor.name not in faults], faults


def find_difference(expected: Sequence[Row], actual: Sequence[Row]) -> str | None:
    """Return a description of the first difference between rows; null where they are equal."""
    if len(expected) != len(actual):
        return f"{len(actual)} rows instead of {len(expected)}"
    return next(
        (
            f"row {number}: {column} is {other[column]!r} instead of {row[column]!r}"
            for number, (row, other) in enumerate(zip(expected, actual, strict=True))
            for column in row
            if row[column] != other[column]
        ),
        None,
    )


def speed_ratio(own: Samples, other: Samples) -> float:
    """Return the median over the rounds of one rate divided by another in the same round."""
    pairs = zip(own, other, strict=True)
    return median(each["per_second"] / max(reference["per_second"], 1e-9) for each, reference in pairs)
