"""Ask all contestants the same, in turn, and write down how fast they answer.

    BENCH_HOME=FOLDER python -m bench.run [ROUNDS [SECONDS]]

Every round puts load on one after the other (A B C, A B C), for each question, so that what else the machine does hits
all alike. Questions are asked once only; those who keep answers are also asked what they answered before. Who fails in
a question is noted with the reason, and the others go on.
"""

import sys
from collections.abc import Sequence

from bench.agreement import agreeing
from bench.filling import started
from bench.lanes import lanes_of, measured
from bench.loading import no_wrk
from bench.place import numbers_given, place
from bench.questions import QUESTIONS, Question, World, asked, world_of
from bench.taking_part import Participant, all_started

ROUNDS, SECONDS = 5, 2
COMPARED = 8


def main() -> None:
    """Measure all questions but the export."""
    rounds, seconds = numbers_given(ROUNDS, SECONDS)
    if no_wrk():
        sys.exit(no_wrk())
    where = place()
    database = started(where)
    world = world_of(database)
    with all_started(where, database) as (participants, missing):
        measured_so_far: dict[str, object] = {}
        for question in QUESTIONS.values():
            if question.name != "export":
                found = _of_question(question, participants, world, rounds=rounds, seconds=seconds)
                measured_so_far[question.name] = found
            noted = {"rounds": rounds, "seconds": seconds, "missing": missing, "questions": measured_so_far}
            where.note("questions", noted)


def _of_question(
    question: Question, participants: Sequence[Participant], world: World, *, rounds: int, seconds: int
) -> dict[str, object]:
    agreed, wrong = agreeing(question, participants, asked(question, world, seed="compared", number=COMPARED))
    lanes, failed = measured(lanes_of(question, agreed, world), rounds=rounds, seconds=seconds)
    print(question.title, wrong | failed or "", flush=True)
    return {"wrong": wrong | failed, "lanes": lanes}


if __name__ == "__main__":
    main()
