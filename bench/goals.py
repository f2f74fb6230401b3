"""The goals, each a ratio within one run, and what was measured of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.environment import Place
from bench.load_tests import AGAIN, AS_LONG, NEW
from bench.measurement import Rate, rates
from bench.queries import QUESTIONS

GUNICORN, GRANIAN = "tradeflows, gunicorn", "tradeflows, granian"
POSTGREST, FASTAPI, EMPTY = ("PostgREST", NEW), ("FastAPI, asyncpg", NEW), "empty Flask view"
EACH = tuple(name for name in QUESTIONS if name != "export")
FASTER = {"series": 1.3, "page_1000": 1.3, "partners": 0.9, "commodities": 0.9, "page_100": 0.9}
OF_QUESTIONS: tuple[tuple[str, str, tuple[str, str], dict[str, float]], ...] = (
    (GUNICORN, NEW, POSTGREST, FASTER),
    (GUNICORN, AGAIN, POSTGREST, dict.fromkeys(EACH, 2) | {"series": 4, "page_1000": 8}),
    (GRANIAN, NEW, POSTGREST, dict.fromkeys(EACH, 1) | {"series": 1.6}),
    (GRANIAN, AGAIN, POSTGREST, dict.fromkeys(EACH, 4)),
    (GUNICORN, NEW, FASTAPI, dict.fromkeys(EACH, 1)),
    (GUNICORN, NEW, ("Datasette", NEW), dict.fromkeys(EACH, 2)),
    (GUNICORN, NEW, ("PostGraphile", NEW), dict.fromkeys(EACH, 2)),
    (GUNICORN, AGAIN, (f"{EMPTY}, gunicorn", NEW), dict.fromkeys(EACH, 0.9)),
    (GUNICORN, AGAIN, (f"{EMPTY}, gunicorn", AS_LONG), dict.fromkeys(EACH, 0.9)),
    (GRANIAN, AGAIN, (f"{EMPTY}, granian", NEW), dict.fromkeys(EACH, 0.9)),
    (GRANIAN, AGAIN, (f"{EMPTY}, granian", AS_LONG), dict.fromkeys(EACH, 0.9)),
)
"""Who, asked how, over whom and asked how, how many times as fast."""
OF_COSTS = {
    "rows": (("rows", "serialising rows over a bare msgspec struct", 1.2),),
    "sql": (
        ("series", "SQL of a series over fetching its raw inputs", 2.5),
        ("partners", "SQL of top 20 partners over fetching its raw inputs", 1),
        ("commodities", "SQL of top 20 chapters over fetching its raw inputs", 1),
        ("page_1000", "SQL of a page of 1,000 over fetching its raw inputs", 3),
    ),
    "sizes": (
        (
            "slowest",
            "times of an answer over the whole database over those over a small one, the question that differs most",
            1.3,
        ),
    ),
    "export": (
        ("ndjson", "export as NDJSON over COPY as CSV", 1.1),
        ("csv, zstd", "export as CSV with zstd over COPY as CSV", 1.3),
        ("parquet", "export as Parquet over COPY as CSV", 1.3),
        ("peak_mb", "peak memory of the process that exports, MB", 200),
    ),
    "load": (
        ("full", "load of a full cross product over COPY into a bare table", 8),
        ("sparse", "load of sparse trade over COPY into a bare table", 8),
    ),
    "start": (("first_answer_s", "the demo, from clean checkout to first answer, s", 60),),
}
"""Per measurement: what it is called there, what it is, and the most that it may be."""


@dataclass(frozen=True)
class Goal:
    """A goal, in words, and what was measured; null where it was not."""

    what: str
    goal: float
    at_least: bool
    measured: float | None

    @property
    def is_kept(self) -> bool | None:
        """Return whether it is kept; null where it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.goal if self.at_least else self.measured <= self.goal

    def cell(self) -> str:
        """Return what was measured beside what is wanted, in bold where that is missed."""
        if self.measured is None:
            return f"- ({self.goal:g})"
        found = f"{self.measured:.2f}"
        return f"{found if self.is_kept else f'**{found}**'} ({self.goal:g})"

    def row(self) -> list[str]:
        """Return the goal as a row of a table."""
        kept = {None: "not measured", True: "yes", False: "**no**"}[self.is_kept]
        bound = f"at {'least' if self.at_least else 'most'} {self.goal:g}"
        return [self.what, bound, "-" if self.measured is None else f"{self.measured:.2f}", kept]


def goals_of_questions(where: Place) -> Iterator[list[Goal | None]]:
    """Yield, for each pair of contestants, the goal of each question; null for a question that has none."""
    questions = (where.noted("questions") or {"questions": {}})["questions"]
    for who, way, over, by_question in OF_QUESTIONS:
        beside = over[0] if over[1] == NEW else ", ".join(over)
        pair = f"{who}, {way}, over {beside}"
        yield [
            Goal(pair, by_question[name], True, _ratio(questions.get(name), (who, way), over))
            if name in by_question
            else None
            for name in EACH
        ]


def goals_of_costs(where: Place) -> Iterator[Goal]:
    """Yield the goals of all else that was measured."""
    for measurement, costs in OF_COSTS.items():
        noted = where.noted(measurement) or {}
        for name, what, most in costs:
            yield Goal(what, most, False, noted.get(name))


def _ratio(found: dict[str, Any] | None, who: tuple[str, str], over: tuple[str, str]) -> float | None:
    by_lane: dict[tuple[str, str], Rate] = {
        (rate.contestant, rate.way): rate for rate in rates(found["lanes"] if found else [])
    }
    own, its = by_lane.get(who), by_lane.get(over)
    return own.over(its) if own and its else None
