"""The comparison of the competitors' figures: a competitor with other figures is not timed."""

from collections.abc import Sequence

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, Row
from bench.measurement import CompetitorError


def find_difference(query: Query, expected: Sequence[Row], actual: Sequence[Row]) -> str | None:
    """Return a description of the first difference between two responses; null where their figures are equal."""
    if len(expected) != len(actual):
        return f"{len(actual)} rows instead of {len(expected)}"
    for number, (row, other) in enumerate(zip(expected, actual, strict=True)):
        for column in query.columns:
            if row[column] != other.get(column):
                return f"row {number}: {column} is {other.get(column)!r} instead of {row[column]!r}"
    return None


def check_results(
    query: Query, competitors: Sequence[Competitor], parameters: Sequence[Parameters]
) -> tuple[list[Competitor], dict[str, str]]:
    """Return the competitors whose figures equal those of the first one that answers, and the faults of the others."""
    expected: list[list[Row]] = []
    faults: dict[str, str] = {}
    for competitor in competitors:
        try:
            actual = [competitor.rows(competitor.fetch(query, each)) for each in parameters if competitor.has_figures]
        except (CompetitorError, ValueError, LookupError, TypeError) as error:
            faults[competitor.name] = f"no response to compare: {error}"
            continue
        expected = expected or actual
        differences = (find_difference(query, *pair) for pair in zip(expected, actual, strict=False))
        if difference := next(filter(None, differences), None):
            faults[competitor.name] = difference
    assert any(expected), f"there are no rows to compare in {query.title}"
    return [competitor for competitor in competitors if competitor.name not in faults], faults
