"""Ask all contestants the same, in turn, and write down how fast they answer.

    BENCH_HOME=FOLDER python -m bench.run [ROUNDS [SECONDS]]

Every round puts load on one after the other (A B C, A B C), for each question, so that what else the machine does hits
all alike. Questions are asked once only; those who keep answers are also asked what they answered before.
"""

import sys
from dataclasses import asdict, dataclass

from bench.agreement import agreeing
from bench.filling import started
from bench.loading import Sample, no_wrk
from bench.place import numbers_given, place
from bench.questions import QUESTIONS, Asked, Question, World, asked, world_of
from bench.taking_part import Participant, all_started

ROUNDS, SECONDS = 5, 2
COMPARED = 8
NEW, AGAIN = "new", "again"


@dataclass
class Lane:
    """A contestant and a question in one of two ways: what it is asked is new, or asked again and again."""

    participant: Participant
    question: Question
    way: str
    asked: list[Asked]

    def sample(self, *, seconds: int) -> Sample:
        """Return what so many seconds of load gave; what was asked is not asked again, unless that is the way."""
        found = self.participant.load(self.question, self.asked, seconds=seconds)
        if self.way == NEW and self.participant.has_figures:
            self.asked = self.asked[found.requests + 1 :] or self.asked
        return found


def lanes_of(question: Question, participants: list[Participant], world: World) -> list[Lane]:
    """Return the lanes of those who answer a question."""
    again = asked(question, world, seed="again", number=1)
    lanes = []
    for participant in participants:
        new = asked(question, world, seed=participant.name) if participant.has_figures else again
        lanes.append(Lane(participant, question, NEW, new))
        if participant.keeps_answers:
            lanes.append(Lane(participant, question, AGAIN, again))
    return lanes


def measured(lanes: list[Lane], *, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return each lane with its samples, one of each round."""
    samples: list[list[Sample]] = [[] for _ in lanes]
    for lane in lanes:
        if lane.way == NEW and lane.participant.has_figures:
            lane.sample(seconds=1)  # each connection prepares its statements first
    for _ in range(rounds):
        for lane, own in zip(lanes, samples, strict=True):
            own.append(lane.sample(seconds=seconds))
    return [
        {"contestant": lane.participant.name, "way": lane.way, "samples": [asdict(sample) for sample in own]}
        for lane, own in zip(lanes, samples, strict=True)
    ]


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
    question: Question, participants: list[Participant], world: World, *, rounds: int, seconds: int
) -> dict[str, object]:
    agreed, wrong = agreeing(question, participants, asked(question, world, seed="compared", number=COMPARED))
    print(question.title, wrong or "", flush=True)
    return {"wrong": wrong, "lanes": measured(lanes_of(question, agreed, world), rounds=rounds, seconds=seconds)}


if __name__ == "__main__":
    main()
