"""Whether contestants answer with equal figures; one that does not is not timed."""

from bench.contestants.contestant import Row
from bench.questions import Asked, Question
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
    question: Question, participants: list[Participant], asked: list[Asked]
) -> tuple[list[Participant], dict[str, str]]:
    """Return those whose figures are equal to those of the first, and what is wrong with each of the others."""
    with_figures = [one for one in participants if one.has_figures and one.answers(question)]
    expected = [with_figures[0].rows(question, one) for one in asked]
    assert any(expected), f"there is nothing to compare in {question.title}"
    wrong: dict[str, str] = {}
    for participant in with_figures[1:]:
        found = _first_difference(question, participant, asked, expected)
        if found:
            wrong[participant.name] = found
    return [one for one in participants if one.answers(question) and one.name not in wrong], wrong


def _first_difference(
    question: Question, participant: Participant, asked: list[Asked], expected: list[list[Row]]
) -> str | None:
    for one, rows in zip(asked, expected, strict=True):
        try:
            found = disagreement(question, rows, participant.rows(question, one))
        except (OSError, ValueError, LookupError, TypeError) as error:
            return f"no answer to compare: {error}"
        if found:
            return found
    return None
