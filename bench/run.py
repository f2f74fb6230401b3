"""Ask all contestants the same, in turn, and write down how fast they answer.

    BENCH_HOME=FOLDER python -m bench.run [ROUNDS [SECONDS [MOST_SECONDS_OF_WARMING_UP]]]

Every round puts load on one after the other (A B C, A B C), for each question, so that what else the machine does hits
all alike. Questions are asked once only; those who keep answers are also asked what they answered before. Who fails in
a question is noted with the reason, and the others go on.
"""

import os
import sys

from bench.environment import numbers_given, place
from bench.load_tests import WARMING_S, lanes_of, measured
from bench.loading import no_wrk
from bench.queries import QUESTIONS, asked, world_of
from bench.result_check import agreeing
from bench.seed import started
from bench.taking_part import all_started

ROUNDS, SECONDS = 5, 2
COMPARED = 8


def main() -> None:
    """Measure all questions but the export."""
    rounds, seconds, warming = numbers_given(ROUNDS, SECONDS, WARMING_S)
    if no_wrk():
        sys.exit(no_wrk())
    where, (busy, *_) = place(), os.getloadavg()
    database = started(where)
    world = world_of(database)
    with all_started(where, database) as (participants, missing):
        measured_so_far: dict[str, object] = {}
        for question in QUESTIONS.values():
            if question.name != "export":
                compared = asked(question, world, seed="compared", number=COMPARED)
                agreed, wrong = agreeing(question, participants, compared)
                lanes = lanes_of(question, agreed, world)
                timed, failed = measured(lanes, rounds=rounds, seconds=seconds, warming=warming)
                print(question.title, wrong | failed or "", flush=True)
                measured_so_far[question.name] = {"wrong": wrong | failed, "lanes": timed}
            how = {"rounds": rounds, "seconds": seconds, "busy": busy, "missing": missing}
            where.note("questions", {**how, "questions": measured_so_far})


if __name__ == "__main__":
    main()
