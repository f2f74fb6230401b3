"""Lanes: a contestant and a question in one of a few ways, and the load that is put on each in turn."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench.competitors.base import Failed
from bench.competitors.empty_flask import LENGTH
from bench.loading import Sample
from bench.queries import Asked, Question, World, asked
from bench.taking_part import Participant

NEW, AGAIN, AS_LONG = "new", "again", "as many bytes"
"""What is asked is new; it was asked before; nothing is asked, but an answer as long as the service's is sent."""
WARMING_S = 4
STILL_WARMING = 1.1


@dataclass
class Lane:
    """A contestant and a question in one of the ways, what load on it gave in each round, and why no more is put."""

    participant: Participant
    question: Question
    way: str
    asked: list[Asked]
    samples: list[Sample] = field(default_factory=list)
    failed: str | None = None

    @property
    def name(self) -> str:
        """Return what it is called where it is said to have failed."""
        return f"{self.participant.name}, {self.way}"

    def warm_up(self, *, longest: int) -> None:
        """Put load on it for a second, until that gives no more than the one before: statements are prepared first.

        Not where there is nothing to prepare: the answer is kept already, or has no figures.
        """
        before = 0.0
        for _ in range(longest if self.way == NEW and self.participant.has_figures else 0):
            found = self._sample(seconds=1)
            if found is None or (found.requests and found.per_second <= STILL_WARMING * before):
                return
            before = found.per_second

    def take(self, *, seconds: int) -> None:
        """Put load on it for so long, unless it failed before."""
        if self.failed is None and (found := self._sample(seconds=seconds)) is not None:
            self.samples.append(found)

    def _sample(self, *, seconds: int) -> Sample | None:
        """Return what load gave; null where it failed. What was asked is not asked again, unless that is the way."""
        try:
            found = self.participant.load(self.question, self.asked, seconds=seconds)
        except Failed as error:
            self.failed = str(error)
            return None
        if self.way == NEW and self.participant.has_figures:
            self.asked = self.asked[found.requests + 1 :] or self.asked
        return found

    def noted(self) -> dict[str, object]:
        """Return it as it is written down."""
        samples = [asdict(sample) for sample in self.samples]
        return {"contestant": self.participant.name, "way": self.way, "samples": samples}


def lanes_of(question: Question, participants: Sequence[Participant], world: World) -> list[Lane]:
    """Return the lanes of those who answer a question; the service, which keeps answers, says how long one is."""
    again = asked(question, world, seed="again", number=1)
    length = next((len(one.answer(question, again[0])) for one in participants if one.keeps_answers), None)
    lanes = []
    for participant in participants:
        if participant.has_figures:
            lanes.append(Lane(participant, question, NEW, asked(question, world, seed=participant.name)))
        else:
            lanes.append(Lane(participant, question, NEW, [{}]))
            if length is not None:
                lanes.append(Lane(participant, question, AS_LONG, [{LENGTH: str(length)}]))
        if participant.keeps_answers:
            lanes.append(Lane(participant, question, AGAIN, again))
    return lanes


def measured(
    lanes: Sequence[Lane], *, rounds: int, seconds: int, warming: int = WARMING_S
) -> tuple[list[dict[str, object]], dict[str, str]]:
    """Return each lane with its samples, one of each round, and why the others failed; each is warmed up before."""
    for lane in lanes:
        lane.warm_up(longest=warming)
    for _ in range(rounds):
        for lane in lanes:
            lane.take(seconds=seconds)
    for lane in lanes:
        if lane.failed is None and not any(sample.requests for sample in lane.samples):
            lane.failed = f"it answered nothing in {rounds} rounds of {seconds} s"
    failed = {lane.name: lane.failed for lane in lanes if lane.failed is not None}
    return [lane.noted() for lane in lanes if lane.failed is None], failed
