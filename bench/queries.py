"""What every contestant is asked, and what its answer has to hold."""

import math
import random
from dataclasses import dataclass

import psycopg

FIRST, LAST = "2014-01", "2023-12"
MONTHS = [f"{year}-{month:02}" for year in range(2015, 2024) for month in range(1, 13)]
"""Those that have a month a year before."""
GROUP = "EU"
MANY, A_FEW = 40, 400
ASKED_ONCE = 20_000
"""Requests made ready for one contestant and question; none comes twice."""

Asked = dict[str, str]
KEY = ("reporter", "partner", "flow", "commodity", "period", "value")
GROWTH = ("yoy_base", "yoy_change", "yoy_pct", "yoy_status")


@dataclass(frozen=True)
class Question:
    """A question: `columns` are those that the answers are compared in, and the service is asked for."""

    name: str
    title: str
    columns: tuple[str, ...]


QUESTIONS = {
    question.name: question
    for question in (
        Question("series", "a series of 10 years", (*KEY, *GROWTH, "pop_pct", "ytd_pct", "r12_pct")),
        Question("partners", "top 20 partners", (*KEY, *GROWTH, "partner_share_pct", "partner_contribution_pp")),
        Question(
            "commodities",
            "top 20 chapters of a pair, both flows",
            (*KEY, *GROWTH, "commodity_share_pct", "commodity_contribution_pp"),
        ),
        Question("page_100", "a page of 100", (*KEY, *GROWTH)),
        Question("page_1000", "a page of 1,000", (*KEY, *GROWTH)),
        Question("group", "a series of the EU", (*KEY, *GROWTH, "pop_pct", "ytd_pct", "r12_pct")),
        Question("export", "an export of a million rows", (*KEY, *GROWTH)),
    )
}


@dataclass(frozen=True)
class World:
    """What there is to ask for: codes, those with much trade first."""

    reporters: list[str]
    partners: list[str]
    goods: list[str]
    chapters: list[str]
    rows_a_month: int


def world_of(address: str) -> World:
    """Return what the database holds: its first dataset says what is traded most."""
    with psycopg.connect(address) as connection:

        def codes(query: str) -> list[str]:
            return [code for (code,) in connection.execute(query.encode()).fetchall()]

        goods = f"""
            SELECT commodity.code FROM observation JOIN commodity ON commodity.id = commodity_id
            WHERE {_LAST_MONTH} AND partner_id = bench.area('WLD') AND level {{}} ORDER BY value DESC, 1"""
        return World(
            reporters=codes("SELECT area.code FROM area JOIN dataset ON area.id = reporter_id ORDER BY dataset.id"),
            partners=codes(f"""
                SELECT area.code FROM observation JOIN area ON area.id = partner_id
                WHERE {_LAST_MONTH} AND commodity_id = bench.commodity('TOTAL', dataset_id) AND kind = 'country'
                ORDER BY value DESC, 1"""),
            goods=codes(goods.format("> 2")),
            chapters=codes(goods.format("< 3")),
            rows_a_month=_rows_a_month(connection),
        )


_LAST_MONTH = "dataset_id = (SELECT min(id) FROM dataset) AND flow = 1 AND period = bench.period('2023-12')"


def _rows_a_month(connection: psycopg.Connection) -> int:
    query = f"""
        SELECT count(*) FROM observation JOIN commodity ON commodity.id = commodity_id
        WHERE {_LAST_MONTH} AND level = 6 AND partner_id <> bench.area('WLD')"""
    (rows,) = connection.execute(query.encode()).fetchone() or (0,)
    return int(rows)


def asked(question: Question, world: World, *, seed: str, number: int = ASKED_ONCE) -> list[Asked]:
    """Return what to ask, at most `number`, in an order that `seed` decides; nothing twice."""
    dice = random.Random(f"{question.name} {seed}")  # noqa: S311 - the same questions every time
    choices = _choices(question, world)
    names, seen = list(choices), dict[tuple[str, ...], None]()
    possible = math.prod(map(len, choices.values()))
    while len(seen) < min(number, possible // 2 + 1):
        seen[tuple(dice.choice(words) for words in choices.values())] = None
    return [dict(zip(names, words, strict=True)) for words in seen]


def _choices(question: Question, world: World) -> dict[str, list[str]]:
    reporter, flow, month = {"reporter": world.reporters}, {"flow": ["X", "M"]}, {"period": MONTHS}
    partner = {"partner": world.partners[:MANY]}
    match question.name:
        case "series":
            return reporter | partner | flow | {"commodity": world.goods[:A_FEW]}
        case "group":
            return reporter | {"partner": [GROUP]} | flow | {"commodity": world.chapters + world.goods}
        case "partners":
            return reporter | flow | {"commodity": world.chapters} | month
        case "commodities":
            return reporter | {"partner": world.partners[:100]} | month
        case "export":
            months = min(len(MONTHS), max(1, round(1_000_000 / world.rows_a_month)))
            return reporter | flow | {"first": [MONTHS[0]], "last": [MONTHS[months - 1]]}
        case page:
            most = int(page.removeprefix("page_"))
            return reporter | flow | month | {"limit": [str(n) for n in range(most - most // 5 + 1, most + 1)]}
