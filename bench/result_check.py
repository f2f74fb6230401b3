"""Whether contestants answer with equal figures; one that does not is not timed."""

from collections.abc import Sequence

from bench.competitors.base import Failed, Row
from bench.queries import Asked, Question
from bench.taking_part import Participant


def disagreement(question: Question, one: list[Row], other: list[Row]) -> str | None:
    """Return the first difference between two answers, in words; null where the figures are equal."""
    if len(one) != len(other):
        return f"{len(other)} rows instead of {len(one)}"
    for number, (row, its) in enumerate(zip(one, other, strict=True)):
        for column in question.columns:
            if row[column] != its.get(column):
                return f"row {number}: {column} is {its.get(column)!r} instead of {row[column]!r}"
    return None


def agreeing(
    question: Question, participants: Sequence[Participant], asked: Sequence[Asked]
) -> tuple[list[Participant], dict[str, str]]:
    """Return those whose figures are equal to those of the first that answers, and what is wrong with the others."""
    expected: list[list[Row]] = []
    agreed: list[Participant] = []
    wrong: dict[str, str] = {}
    for one in (one for one in participants if one.answers(question)):
        try:
            found = [one.rows(question, words) for words in asked] if one.has_figures else expected
        except (Failed, ValueError, LookupError, TypeError) as error:
            wrong[one.name] = f"no answer to compare: {error}"
            continue
        expected = expected or found
        if difference := _first_difference(question, expected, found):
            wrong[one.name] = difference
        else:
            agreed.append(one)
    assert any(expected), f"there is nothing to compare in {question.title}"
    return agreed, wrong


def _first_difference(question: Question, expected: list[list[Row]], found: list[list[Row]]) -> str | None:
    differences = (disagreement(question, one, other) for one, other in zip(expected, found, strict=True))
    return next((difference for difference in differences if difference is not None), None)
