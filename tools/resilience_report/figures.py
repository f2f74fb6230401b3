"""What the tests of a row measured, read from the report that pytest writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import parse

SUMMED_PROPERTIES = {"injected", "requests", "lost", "cases"}
"""Of these the sum over the tests of a row is told; of everything else, the largest."""


@dataclass(frozen=True)
class Measurements:
    """What the tests of a row measured, each by its name, how many passed, and which failed or did not run, and why."""

    passed_count: int
    values: dict[str, float]
    failed_tests: list[str] = field(default_factory=list)
    skip_reasons: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> float:
        """Return what was measured by that name."""
        return self.values[name]


def read_measurements(report: Path) -> Measurements:
    """Return what a report of JUnit's form holds."""
    tests = list(parse(report).getroot().iter("testcase"))
    failed = [test for test in tests if test.find("failure") is not None or test.find("error") is not None]
    skipped = [test for test in tests if test.find("skipped") is not None]
    return Measurements(
        passed_count=len(tests) - len(failed) - len(skipped),
        values=_aggregate_properties(property_ for test in tests for property_ in test.iter("property")),
        failed_tests=[test.get("name", "") for test in failed],
        skip_reasons=[_skip_reason(test) for test in skipped],
    )


def _skip_reason(test: Element) -> str:
    skipped = test.find("skipped")
    return "" if skipped is None else skipped.get("message", "")


def _aggregate_properties(properties: Iterable[Element]) -> dict[str, float]:
    gathered: dict[str, float] = {}
    for one in properties:
        name, value = one.get("name", ""), float(one.get("value", "0"))
        before = gathered.get(name)
        gathered[name] = (
            value if before is None else before + value if name in SUMMED_PROPERTIES else max(before, value)
        )
    return gathered
