"""What the Python of an answer costs in two checkouts, each with its environment in .venv, asked in turns.

    BENCH_HOME=FOLDER python -m bench.compare BEFORE AFTER [ROUNDS]

Both answer the same requests of the same database, none of which comes twice. Printed are, for each question, the least
that a round took of the processor of either, in milliseconds an answer, and the median of the rounds' ratios.
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.competitors.tradeflows import Tradeflows
from bench.environment import HERE, place
from bench.queries import QUESTIONS, Question, World, asked, world_of
from bench.seed import started

ROUNDS, ANSWERS = 15, 40


class Checkout:
    """A checkout whose service answers in a process of its own."""

    def __init__(self, folder: Path, address: str) -> None:
        program = [str(folder / ".venv" / "bin" / "python"), str(HERE / "answering.py"), str(folder), address]
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def cost(self, paths: list[str]) -> float:
        """Return the milliseconds of processor that an answer takes."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(paths), file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def main() -> None:
    """Measure all questions but the export."""
    before, after = (Path(folder).absolute() for folder in sys.argv[1:3])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else ROUNDS
    address = started(place())
    world = world_of(address)
    with ExitStack() as until_the_end:
        both = [Checkout(folder, address) for folder in (before, after)]
        for checkout in both:
            until_the_end.callback(checkout.process.terminate)
        for question in QUESTIONS.values():
            if question.name != "export":
                costs = [[one.cost(_paths(question, world, number)) for one in both] for number in range(rounds)]
                least = [min(costs_of_one) for costs_of_one in zip(*costs, strict=True)]
                ratio = median(one / other for one, other in costs)
                print(f"{question.title}: {least[0]:.2f} and {least[1]:.2f} ms, {ratio:.2f} times less", flush=True)


def _paths(question: Question, world: World, number: int) -> list[str]:
    asked_for = asked(question, world, seed=f"round {number}", number=2 * ANSWERS)
    requests = [Tradeflows("gunicorn").request(question, one) for one in asked_for]
    return [request.path for request in requests if request is not None]


if __name__ == "__main__":
    main()
