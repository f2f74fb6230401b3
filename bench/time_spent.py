"""Where the time of an answer goes: into its statement or into Python, and into whose Python."""

import cProfile
import pstats
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from bench.inside import Inside
from bench.queries import QUESTIONS

TIMES, PROFILED = 60, 100
Place = tuple[str, int, str]
"""A function as profiles name it: file, line, name."""


def time_spent(service: Inside) -> dict[str, dict[str, float]]:
    """Return, for each question but the export, the milliseconds of a whole answer and of its statement alone."""
    return {name: _of_question(service, name) for name in QUESTIONS if name != "export"}


def _of_question(service: Inside, name: str) -> dict[str, float]:
    ask, (sql, values) = service.asking(name), service.statement(name)
    steps: dict[str, Callable[[], object]] = {"answer_ms": ask, "sql_ms": lambda: service.reads.read(sql, values)}
    took: dict[str, list[float]] = {step: [] for step in steps}
    for _ in range(TIMES):
        for step, work in steps.items():
            began = time.perf_counter()
            work()
            took[step].append(1000 * (time.perf_counter() - began))
    return {step: median(times) for step, times in took.items()}


def shares(service: Inside) -> dict[str, float]:
    """Return whose Python takes which share of the processor time of answers, of all questions alike; most first."""
    whose: Counter[str] = Counter()
    for name in QUESTIONS:
        if name != "export":
            profile, ask = cProfile.Profile(time.thread_time), service.asking(name)
            ask()
            for _ in range(PROFILED):
                profile.runcall(ask)
            whose.update(by_owner(pstats.Stats(profile).stats))  # type: ignore[attr-defined] # documented nowhere
    total = sum(whose.values())
    return {owner: seconds / total for owner, seconds in whose.most_common()}


def by_owner(stats: Mapping[Place, tuple[Any, ...]]) -> dict[str, float]:
    """Return the seconds spent in the functions of each owner; what is built in counts for those who call it."""
    seconds: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in stats.items():
        if file == "~":
            for (calling, _, _), (_, _, for_it, _) in callers.items():
                seconds[owner_of(calling)] += for_it
        else:
            seconds[owner_of(file)] += own
    return dict(seconds)


def owner_of(file: str) -> str:
    """Return whose a file is: a library's, a folder's of the service, or else Python's own."""
    if found := re.search(r"/site-packages/(\w+)", file):
        return found.group(1)
    if found := re.search(r"/(service/\w+)", file):
        return found.group(1)
    return "Python's own"
