"""How the bench compares what it measured, and what it writes."""

import pytest

from bench.competitors.postgraphile import Postgraphile
from bench.competitors.postgrest import Postgrest
from bench.competitors.tradeflows import Tradeflows
from bench.environment import Place
from bench.goals import Goal
from bench.loading import Sample
from bench.measurement import Rate
from bench.queries import QUESTIONS, World, asked
from bench.report import between_markers, goal_tables
from bench.report_tables import question_tables, table, time_words
from bench.result_check import disagreement
from bench.time_spent import by_owner

WORLD = World(
    reporters=["JPN", "DEU"], partners=["CHN", "USA"], goods=["8703", "870323"], chapters=["87"], rows_a_month=500_000
)
PAIR = {"reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "8703"}


def sample(*, requests: int, seconds: float = 2, errors: int = 0) -> Sample:
    return Sample(requests=requests, seconds=seconds, bytes=1000 * requests, errors=errors, p50_ms=4, p99_ms=9)


def test_a_ratio_is_the_median_of_the_ratios_of_each_round():
    own = Rate("ours", "new", [sample(requests=200), sample(requests=900), sample(requests=300)])
    other = Rate("theirs", "new", [sample(requests=100), sample(requests=300), sample(requests=200)])

    assert own.over(other) == 2  # of 2, 3 and 1.5


def test_an_error_is_not_an_answer():
    assert sample(requests=200, errors=50).per_second == 75


def test_figures_that_differ_are_named():
    page = QUESTIONS["page_100"]
    row = dict.fromkeys(page.columns, 1)

    assert disagreement(page, [row], [row | {"more": 2}]) is None
    assert disagreement(page, [row], [row | {"yoy_pct": 2}]) == "row 0: yoy_pct is 2 instead of 1"
    assert disagreement(page, [row], []) == "0 rows instead of 1"


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.name)
def test_nothing_is_asked_twice_but_the_same_of_all(question):
    one = asked(question, WORLD, seed="a contestant")

    assert len({tuple(words.items()) for words in one}) == len(one) > 0
    assert one == asked(question, WORLD, seed="a contestant")


def test_a_question_is_put_to_each_in_its_own_words():
    series = QUESTIONS["series"]

    ours = Tradeflows("gunicorn").request(series, PAIR).path
    assert ours.startswith("/v1/series?reporter=JPN&partner=CHN&flow=X&commodity=8703&fields=reporter,partner,flow,")
    assert ours.endswith("&period=2014-01..2023-12&limit=120")
    assert Postgrest().request(series, PAIR).line == (
        "GET\t/rpc/series?of_reporter=JPN&of_partner=CHN&of_flow=X&of_commodity=8703\t"
    )
    assert '"variables": {"ofReporter": "JPN", "ofPartner": "CHN"' in Postgraphile().request(series, PAIR).body


def test_a_table_has_a_line_for_each_row():
    assert table(("what", "s"), [("one", 1)]) == "| what | s |\n|---|---:|\n| one | 1 |"


def test_what_stands_outside_of_the_markers_is_kept():
    page = "before\n<!-- it: begin -->\nold\n<!-- it: end -->\nafter"

    assert between_markers(page, "it", "new") == "before\n<!-- it: begin -->\n\nnew\n\n<!-- it: end -->\nafter"
    with pytest.raises(ValueError, match="no markers"):
        between_markers("before", "it", "new")


def test_who_is_absent_is_said_beneath_the_table():
    lane = {"way": "new", "samples": [vars(sample(requests=100))]}
    measured = {
        "missing": {"DuckDB": "python is not installed"},
        "questions": {
            "series": {
                "wrong": {"Datasette": "0 rows instead of 1"},
                "lanes": [lane | {"contestant": "PostgREST"}, lane | {"contestant": "FastAPI"}],
            }
        },
    }

    (text,) = question_tables(measured)

    assert text.startswith("**A series of 10 years**\n\n| contestant | asked |")
    assert "| FastAPI | new | 50.0 | 50.0 to 50.0 | 4.00 | 9.00 | 1,000 | 1.00 |" in text
    assert text.endswith("DuckDB: python is not installed.\n\nDatasette: 0 rows instead of 1.")


@pytest.mark.parametrize(
    ("measured", "said"), [(None, ["-", "not measured"]), (1.0, ["1.00", "**no**"]), (1.31, ["1.31", "yes"])]
)
def test_a_goal_says_whether_it_is_kept(measured, said):
    assert Goal("fast", 1.3, True, measured).row() == ["fast", "at least 1.3", *said]


def test_what_is_built_in_counts_for_those_who_call_it():
    route = ("/srv/service/api/responses/query_result.py", 1, "rows")
    view = ("/srv/.venv/lib/python3.11/site-packages/flask/app.py", 2, "view")
    built_in = ("~", 0, "<built-in method len>")
    stats = {
        route: (1, 1, 0.5, 2.0, {}),
        view: (1, 1, 0.25, 2.0, {}),
        built_in: (3, 3, 0.75, 0.75, {route: (2, 2, 0.5, 0.5), view: (1, 1, 0.25, 0.25)}),
        ("/usr/lib/python3.11/json/encoder.py", 3, "encode"): (1, 1, 0.125, 0.125, {}),
    }

    assert by_owner(stats) == {"service/api": 1.0, "flask": 0.5, "Python's own": 0.125}


def test_what_is_not_the_statement_of_an_answer_is_the_rest():
    found = {
        "questions": {"series": {"answer_ms": 4.5, "sql_ms": 1.25}},
        "shares": {"service/api": 0.4, "flask": 0.011},
    }

    text = time_words(found)

    assert "| a series of 10 years | 4.50 | 1.25 | 3.25 |" in text
    assert text.endswith("Python: service/api 40 %.")


def test_goals_name_in_which_way_the_other_was_asked(tmp_path):
    lane = {"contestant": "tradeflows, gunicorn", "way": "again", "samples": [vars(sample(requests=190))]}
    empty = {"contestant": "empty Flask view, gunicorn", "way": "as many bytes"}
    where = Place(tmp_path)
    lanes = [lane, empty | {"samples": [vars(sample(requests=200))]}]
    where.note("questions", {"questions": {"group": {"lanes": lanes, "wrong": {}}}})

    first, _ = goal_tables(where)

    asked = "tradeflows, gunicorn, again, over empty Flask view, gunicorn"
    assert f"| {asked}, as many bytes | - (0.9) | - (0.9) | - (0.9) | - (0.9) | - (0.9) | 0.95 (0.9) |" in first
    assert f"| {asked} | - (0.9) |" in first


def test_what_is_missed_is_bold():
    assert [Goal("fast", 1.3, True, found).cell() for found in (1.0, 1.31)] == ["**1.00** (1.3)", "1.31 (1.3)"]
