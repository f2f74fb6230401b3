"""A database of many million rows beside a small one: the same questions, answers of the same sizes.

BENCH_HOME=FOLDER python -m bench.sizes [ROUNDS [SECONDS]]
"""

import sys
from statistics import median

from bench.competitors.base import serving
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Place, numbers_given, place
from bench.load_tests import NEW, Lane, measured
from bench.measurement import rates
from bench.queries import QUESTIONS, asked, world_of
from bench.seed import fill, started
from bench.taking_part import OverHttp

ROUNDS, SECONDS = 5, 2
SMALL_ROWS = 260_000
"""One reporter's, with their totals less than a million: a month of one flow still has a thousand."""


def main() -> None:
    """Measure, and write down what was measured."""
    rounds, seconds = numbers_given(ROUNDS, SECONDS)
    where = place()
    small = Place(where.folder("small"))
    addresses = {"small": fill(small, rows=SMALL_ROWS, reporters=1), "large": started(where)}
    ours = Tradeflows("gunicorn")
    found: dict[str, float] = {}
    with serving(ours, small, addresses["small"]) as one, serving(ours, where, addresses["large"]) as other:
        for question in QUESTIONS.values():
            if question.name == "export":
                continue
            lanes = []
            for size, (address, pid) in (("small", one), ("large", other)):
                participant = OverHttp(ours, address, pid, where.folder("asked") / f"{size}.tsv")
                # Both are asked of the one reporter that both have, so that both answer the same number of rows.
                new = asked(question, world_of(addresses["small"]), seed=size)
                lanes.append(Lane(participant, question, NEW, new))
            noted, failed = measured(lanes, rounds=rounds, seconds=seconds)
            if failed:
                sys.exit(f"{question.title}: {failed}")
            in_small, in_large = rates(noted)
            found[question.name] = in_small.over(in_large)
    where.note("sizes", {**found, "slowest": max(found.values()), "median": median(found.values())})
    print(where.noted("sizes"))


if __name__ == "__main__":
    main()
